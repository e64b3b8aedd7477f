#pragma once

#include "base/backoff.h"
#include "base/task.h"
#include "jmx/client_options.h"
#include "management/jmx/logins.h"
#include "management/jmx/repair_session_machine.h"
#include "model/ids.h"
#include "net/endpoint.h"
#include "net/tls_context.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace helenus::management::jmx {

/// How patient a connection is with its node.
struct link_options {
  /// Between attempts to connect.
  base::backoff_options backoff{.first = std::chrono::milliseconds(1'000),
                                .largest = std::chrono::milliseconds(60'000)};
  /// A call made between two attempts waits at most this long for the next one; is it further away,
  /// the call fails at once with the reason of the last failure.
  std::chrono::milliseconds patience{2'000};
  /// A connection that lasted this long was a good one: the next failure is a first failure.
  std::chrono::milliseconds stable{30'000};
  /// A connection that nobody used for so long is closed.
  std::chrono::milliseconds idle{300'000};
};

/// How nodes are reached over JMX.
struct jmx_management_options {
  /// Ports by node address; for the others the port stands in the cluster.
  std::map<model::node_address, std::uint16_t> ports;
  /// Where a node is reached when that is not the address its cluster knows (NAT, port forwarding).
  /// The port that is given here goes before all others; 0 leaves it to them.
  std::map<model::node_address, net::endpoint> translations;
  /// Every connection goes to this host instead, which is the one node that may be called. Its host
  /// id is checked as any other's.
  std::string only_host;
  jmx_logins logins;
  /// Instead of `logins`: asked before each connection is made, so that changed ones are used.
  std::function<task<std::shared_ptr<const jmx_logins>>()> current_logins;
  /// Makes a password of what is kept, before each connection. None: it is kept as it is.
  std::function<result<base::secret>(const base::secret& kept)> decrypt;
  std::shared_ptr<const net::tls_context> tls;  ///< none: plain
  /// Instead of `tls`: asked before each connection is made, so that renewed certificates are used.
  std::function<task<std::shared_ptr<const net::tls_context>>()> certificates;
  ::helenus::jmx::stub_host host_of_stub = ::helenus::jmx::stub_host::ignore;
  std::optional<std::uint16_t> rmi_port;  ///< instead of the port that nodes name
  ::helenus::jmx::client_timeouts timeouts;
  link_options link;
  session_patience patience;
  /// Also repair Paxos state where the version knows that (4.1 and later).
  bool repair_paxos = false;
};

}  // namespace helenus::management::jmx
