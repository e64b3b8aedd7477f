#pragma once

#include "base/task.h"
#include "jmx/client_options.h"
#include "management/jmx/logins.h"
#include "management/link/options.h"
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
  link::connector_options links;
};

}  // namespace helenus::management::jmx
