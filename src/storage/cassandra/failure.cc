#include "storage/cassandra/failure.h"

#include "cql/errc.h"
#include "storage/errc.h"

namespace helenus::storage::cassandra {
namespace {

error unreachable_now(const error& failure, const char* advice = "") {
  return {storage::errc::unavailable, "Cassandra storage: " + failure.message() + advice};
}

}  // namespace

error as_storage_error(error failure) {
  if (failure.code.category() != cql::category()) return failure;
  using enum cql::errc;
  switch (static_cast<cql::errc>(failure.code.value())) {
    case permission_missing:
      return unreachable_now(failure, "; grant it to the role of Helenus, it is tried again");
    case authentication_failed:
      return unreachable_now(failure,
                             "; create the role or correct its password, it is tried again");
    case no_such_keyspace:
    case invalid:  // most likely a table that is not there (any more)
      return unreachable_now(failure, "; has `helenus migrate` been run?");
    case wrong_type:
    case unexpected_null:
    case no_such_column:
    case malformed:
      return {storage::errc::corrupt, "Cassandra storage: " + failure.message()};
    case internal:
      return {base::errc::internal, failure.message()};
    default:
      return unreachable_now(failure);
  }
}

error of_row(std::string_view kind, const base::uuid& id, error failure) {
  // Rules name the row themselves.
  if (failure.code == make_error_code(storage::errc::invalid_row)) {
    return {storage::errc::corrupt, failure.message()};
  }
  return base::with_context(as_storage_error(std::move(failure)),
                            std::string(kind) + " " + id.to_string());
}

bool may_have_happened(const error& failure) {
  return failure.code == make_error_code(cql::errc::outcome_unknown);
}

}  // namespace helenus::storage::cassandra
