#include "storage/sqlite/failure.h"

#include "sqlite/errc.h"
#include "storage/errc.h"

namespace helenus::storage::sqlite {
namespace {

error translated(const error& failure, storage::errc kind, const char* advice = "") {
  return {kind, failure.message() + advice};
}

}  // namespace

error as_storage_error(error failure) {
  if (failure.code.category() != helenus::sqlite::category()) return failure;
  using from = helenus::sqlite::errc;
  using to = storage::errc;
  switch (static_cast<from>(failure.code.value())) {
    case from::busy:
      return translated(failure, to::busy);
    case from::full:
      return translated(failure, to::full,
                        "; nothing stored was lost; make room on the disk, it is tried again");
    case from::read_only:
      return translated(failure, to::read_only,
                        "; nothing stored was lost; make file and folder writable");
    case from::corrupt:
      return translated(
          failure, to::corrupt,
          "; stop Helenus, keep a copy of the file, then put back a backup, rescue it "
          "with 'sqlite3 FILE .recover', or move it away and register and repair "
          "again");
    case from::foreign:
      return translated(failure, to::foreign);
    case from::newer_schema:
      return translated(failure, to::newer_schema);
    case from::constraint:
      return translated(failure, to::conflict);
    case from::limit_exceeded:
      return translated(failure, to::invalid_row);
    case from::cannot_open:
    case from::input_output:
    case from::interrupted:
      return translated(failure, to::unavailable);
    case from::internal:
      break;
  }
  return {base::errc::internal, failure.message()};
}

}  // namespace helenus::storage::sqlite
