#include "http/errc.h"

namespace helenus::http {
namespace {

constexpr base::errc_entry table[] = {
    {int(errc::bad_target), false, "the request target cannot be decoded"},
    {int(errc::bad_message), false, "not an HTTP message"},
    {int(errc::head_too_large), false, "the head of the message is too large"},
    {int(errc::body_too_large), false, "the body of the message is too large"},
    {int(errc::unknown_coding), false, "the content encoding of the body is not accepted"},
    {int(errc::too_slow), true, "the peer was too slow"},
};

}  // namespace

const base::category& http_category() noexcept {
  static const base::table_category instance("http", table);
  return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), http_category()};
}

}  // namespace helenus::http
