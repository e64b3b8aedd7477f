#include "api/errc.h"

namespace helenus::api {
namespace {

constexpr base::errc_entry table[] = {
    {int(errc::bad_parameter), false, "a parameter is missing or not accepted"},
    {int(errc::not_an_integer), false, "a parameter is not a whole number"},
    {int(errc::not_a_uuid), false, "not a UUID"},
    {int(errc::unknown), false, "does not exist"},
    {int(errc::conflict), false, "the current state does not allow it"},
    {int(errc::wrong_media_type), false, "the content type of the body is not accepted"},
};

}  // namespace

const base::category& api_category() noexcept {
  static const base::table_category instance("api", table);
  return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), api_category()};
}

}  // namespace helenus::api
