#include "storage/errc.h"

namespace helenus::storage {
namespace {

constexpr base::errc_entry table[] = {
    {int(errc::not_found), false, "not found"},
    {int(errc::superseded), false, "changed meanwhile"},
    {int(errc::conflict), false, "conflicts with what is stored"},
    {int(errc::busy), true, "held by another process"},
    {int(errc::full), true, "no space left"},
    {int(errc::read_only), true, "read-only"},
    {int(errc::corrupt), false, "corrupt"},
    {int(errc::newer_schema), false, "written by a newer version of Helenus"},
    {int(errc::unavailable), true, "not available now"},
    {int(errc::invalid_row), false, "not a valid row"},
    {int(errc::foreign), false, "belongs to another program"},
    {int(errc::login_refused), true, "the login is refused"},
    {int(errc::permission_missing), true, "a permission is missing"},
    {int(errc::no_keyspace), true, "there is no such keyspace"},
    {int(errc::old_schema), true, "the schema is not complete"},
};

}  // namespace

const base::category& category() noexcept {
  static const base::table_category instance("storage", table);
  return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), category()};
}

}  // namespace helenus::storage
