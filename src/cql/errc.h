#pragma once

#include "base/errc.h"

namespace helenus::cql {

/// How talking to a Cassandra cluster can fail. Each says whether something may have been changed
/// and what an operator can do about it.
enum class errc {
  unreachable = 1,        ///< no node could be connected to; the detail says which were tried
  unresolved,             ///< no contact point resolves to an address
  authentication_failed,  ///< user or password refused, or missing where one is asked for
  permission_missing,     ///< logged in, but not allowed; the detail says what, on what
  tls_failed,             ///< certificate, protocol or host name refused by one of the two sides
  no_such_keyspace,       ///< the keyspace of the session does not exist (yet)
  timed_out,              ///< no answer in time; nothing was changed
  outcome_unknown,        ///< a write got no clear answer: it may have happened, now or later
  unavailable,            ///< too few replicas are alive for the consistency; nothing was changed
  overloaded,             ///< the node is too busy or still starting; nothing was changed
  failed,                 ///< replicas failed to carry out a read, or the node had an error
  schema_disagreement,    ///< the change was made, but the nodes do not agree on it yet
  already_exists,         ///< the keyspace, table or type to create is there
  invalid,                ///< the cluster does not accept the statement: syntax, names, settings
  wrong_type,             ///< a value or a column has another CQL type than the caller expects
  unexpected_null,        ///< a column is null that the caller needs
  no_such_column,         ///< the rows have no column of that name
  malformed,              ///< the bytes are not what the protocol says
  limit_exceeded,         ///< too many requests at once, or a larger answer than we accept
  closed,                 ///< the session was closed; a write under way may have happened
  internal,               ///< the driver failed in itself; the detail says how
};

const base::category& category() noexcept;
boost::system::error_code make_error_code(errc value) noexcept;

}  // namespace helenus::cql

template <>
struct boost::system::is_error_code_enum<helenus::cql::errc> : std::true_type {};
