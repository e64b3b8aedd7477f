#include "cql/errc.h"

namespace helenus::cql {
namespace {

constexpr base::errc_entry table[] = {
    {int(errc::unreachable), true, "no Cassandra node can be reached"},
    {int(errc::unresolved), true, "no contact point resolves to an address"},
    {int(errc::authentication_failed), false, "Cassandra refused user or password"},
    {int(errc::permission_missing), false, "the Cassandra role lacks a permission"},
    {int(errc::tls_failed), false, "TLS failed"},
    {int(errc::no_such_keyspace), false, "the keyspace does not exist"},
    {int(errc::timed_out), true, "timed out waiting for Cassandra"},
    {int(errc::outcome_unknown), true, "no clear answer: the write may have happened"},
    {int(errc::unavailable), true, "too few replicas are alive"},
    {int(errc::overloaded), true, "the Cassandra node is too busy"},
    {int(errc::failed), true, "Cassandra failed to carry out the request"},
    {int(errc::schema_disagreement), true, "the nodes do not agree on the schema"},
    {int(errc::already_exists), false, "it exists already"},
    {int(errc::invalid), false, "Cassandra does not accept the statement"},
    {int(errc::wrong_type), false, "a value has an unexpected CQL type"},
    {int(errc::unexpected_null), false, "a column is null"},
    {int(errc::no_such_column), false, "there is no such column"},
    {int(errc::malformed), false, "the answer is malformed"},
    {int(errc::limit_exceeded), false, "a limit is exceeded"},
    {int(errc::closed), true, "the session is closed"},
    {int(errc::internal), false, "the CQL driver failed"},
};

}  // namespace

const base::category& category() noexcept {
  static const base::table_category instance("helenus.cql", table);
  return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), category()};
}

}  // namespace helenus::cql
