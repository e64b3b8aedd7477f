#include "sqlite/errc.h"

namespace helenus::sqlite {
namespace {

constexpr base::errc_entry table[] = {
    {int(errc::busy), true, "another process has the file open"},
    {int(errc::full), true, "no space left"},
    {int(errc::read_only), true, "the file can not be written"},
    {int(errc::corrupt), false, "the file is damaged"},
    {int(errc::foreign), false, "the file belongs to another program"},
    {int(errc::newer_schema), false, "the file was written by a newer version"},
    {int(errc::cannot_open), true, "the file can not be opened"},
    {int(errc::constraint), false, "the change breaks a rule of the schema"},
    {int(errc::input_output), true, "reading or writing the file failed"},
    {int(errc::limit_exceeded), false, "a value is too large"},
    {int(errc::interrupted), true, "the work took too long"},
    {int(errc::internal), false, "the database and the program disagree"},
};

}  // namespace

const base::category& category() noexcept {
  static const base::table_category instance("sqlite", table);
  return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), category()};
}

}  // namespace helenus::sqlite
