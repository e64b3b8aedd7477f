#pragma once

#include "base/secret.h"
#include "cql/statement.h"
#include "net/endpoint.h"
#include "net/tls_context.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace helenus::cql {

/// A role that may log in, and its password.
struct credentials {
  std::string user;
  base::secret password;
};

/// What a session needs to know of a cluster.
struct session_options {
  /// Where to begin, names or addresses. Names are looked up again at every attempt to connect
  /// when no known node answers any more.
  std::vector<net::endpoint> contact_points;
  /// Of statements that name none. It must exist: no_such_keyspace. Empty: none.
  std::string keyspace;
  /// Whose nodes are asked. Empty: the data center of the node that answered first.
  std::string local_datacenter;
  std::optional<credentials> login;  ///< none: the cluster asks for no password
  /// None: plain. There is no fall-back between the two. Nodes are known by address: with
  /// chain_and_name their certificates must name it, or expected_name must be set.
  std::shared_ptr<const net::tls_context> tls;
  /// From the address by which a node is known in the cluster to the one by which it is reached.
  std::map<std::string, std::string> translated_addresses;
  /// Nodes to hold a connection to, whatever the size of the ring; one connection each, and one
  /// more for events of the cluster.
  std::size_t nodes = 3;
  std::size_t requests_in_flight = 1'024;          ///< more at once are refused: limit_exceeded
  std::size_t page_bytes = std::size_t{64} << 20;  ///< the largest page that is accepted

  std::chrono::milliseconds connect_timeout{10'000};  ///< connect() as a whole
  std::chrono::milliseconds request_timeout{10'000};  ///< of requests that name none
  std::chrono::milliseconds schema_timeout{60'000};   ///< a schema change, agreement included
  cql::consistency consistency = consistency::local_quorum;
  cql::serial_consistency serial_consistency = serial_consistency::serial;
};

}  // namespace helenus::cql
