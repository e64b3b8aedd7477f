#include "storage/cassandra/failure.h"

#include "cql/errc.h"
#include "storage/errc.h"

namespace helenus::storage::cassandra {
namespace {

error not_now(const error& failure, storage::errc kind = storage::errc::unavailable,
              const char* advice = "") {
  return {kind, "Cassandra storage: " + failure.message() + advice};
}

}  // namespace

error as_storage_error(error failure) {
  if (failure.code.category() != cql::category()) return failure;
  using enum cql::errc;
  switch (static_cast<cql::errc>(failure.code.value())) {
    case permission_missing:
      return not_now(failure, storage::errc::permission_missing,
                     "; grant it to the role of Helenus, it is tried again");
    case authentication_failed:
      return not_now(failure, storage::errc::login_refused,
                     "; create the role or correct its password, it is tried again");
    case no_such_keyspace:
      return not_now(failure, storage::errc::no_keyspace, "; has `helenus migrate` been run?");
    case invalid:  // most likely a table that is not there (any more)
      return not_now(failure, storage::errc::old_schema, "; has `helenus migrate` been run?");
    case wrong_type:
    case unexpected_null:
    case no_such_column:
    case malformed:
      return {storage::errc::corrupt, "Cassandra storage: " + failure.message()};
    case internal:
      return {base::errc::internal, failure.message()};
    default:
      return not_now(failure);
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
