#include "base/errc.h"

#include <algorithm>
#include <string>

namespace helenus::base {
namespace {

constexpr errc_entry table[] = {
    {int(errc::timed_out), true, "timed out"},
    {int(errc::cancelled), false, "cancelled"},
    {int(errc::closed), true, "closed"},
    {int(errc::limit_exceeded), false, "limit exceeded"},
    {int(errc::invalid_argument), false, "invalid argument"},
    {int(errc::not_found), false, "not found"},
    {int(errc::unavailable), true, "not available yet"},
    {int(errc::internal), false, "internal error"},
};

}  // namespace

const errc_entry* table_category::find(int value) const noexcept {
  const auto* end = table_ + size_;
  const auto* entry =
      std::find_if(table_, end, [value](const errc_entry& row) { return row.value == value; });
  return entry == end ? nullptr : entry;
}

std::string table_category::message(int value) const {
  const auto* entry = find(value);
  return entry ? entry->sentence : "unknown error " + std::to_string(value);
}

bool table_category::transient(int value) const noexcept {
  const auto* entry = find(value);
  return entry && entry->transient;
}

const category& generic_category() noexcept {
  static const table_category instance("helenus", table);
  return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), generic_category()};
}

}  // namespace helenus::base
