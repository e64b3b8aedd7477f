#pragma once

#include "base/errc.h"

namespace helenus::management {

/// What can go wrong between us and a node, whatever the transport.
enum class errc {
  node_unreachable = 1,   ///< no connection: refused, unreachable, timed out; the detail says which
  authentication_failed,  ///< the node does not accept our credentials
  tls_failed,             ///< the TLS handshake failed
  not_a_node,             ///< what answers is not Cassandra's management interface
  wrong_node,             ///< another host id or cluster than expected answered
  connection_lost,        ///< the connection ended while a call waited
  call_timed_out,         ///< the node did not answer in time
  unknown_keyspace,       ///< the node does not know the keyspace
  refused_by_node,        ///< the node refused the request; the detail says why
  unsupported,            ///< this version of Cassandra can not do that
  unexpected_answer,      ///< the answer can not be understood
  start_uncertain,        ///< the answer to start_repair was lost: it may have begun or not
};

const base::category& category() noexcept;
boost::system::error_code make_error_code(errc value) noexcept;

}  // namespace helenus::management

template <>
struct boost::system::is_error_code_enum<helenus::management::errc> : std::true_type {};
