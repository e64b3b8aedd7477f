#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "cluster/cluster_service.h"
#include "management/node_connector.h"

#include <cstdint>
#include <string>

namespace helenus::app {

/// The node beside which a sidecar stands.
struct local_node_options {
  std::string host;     ///< where it is reached from here
  std::string cluster;  ///< the cluster it must be of; empty: any
  std::uint16_t jmx_port = 7199;
};

/// Asks the node who it is, and registers its cluster when nobody has: with the address that its
/// cluster knows it by, so that others can use it. Several instances may do so at once. Errors:
/// those of management, cluster and storage; refused_by_node while the node is not in the ring yet.
task<management::node_identity> find_local_node(base::clock& clock, local_node_options options,
                                                management::node_connector& connector,
                                                cluster::cluster_service& clusters);

}  // namespace helenus::app
