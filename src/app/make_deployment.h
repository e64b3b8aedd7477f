#pragma once

#include "base/backoff.h"
#include "base/clock.h"
#include "base/task.h"
#include "cluster/cluster_service.h"
#include "config/settings.h"
#include "deployment/mode.h"
#include "management/node_connector.h"
#include "storage/backend.h"

#include <chrono>
#include <string>

namespace helenus::app {

/// How long each part of a shutdown may take, in the order in which they come.
struct shutdown_limits {
  std::chrono::milliseconds grace;     ///< running segments may end
  std::chrono::milliseconds engine;    ///< their commands are stopped, what is known is stored
  std::chrono::milliseconds requests;  ///< requests that still run at a port; there are two ports
  std::chrono::milliseconds leave;     ///< leases and the sign of life are given back
  std::chrono::milliseconds close;     ///< connections to nodes, and as long again for storage

  std::chrono::milliseconds total() const {
    return grace + engine + 2 * requests + leave + 2 * close;
  }
};

/// What the mode means for the process; known before anything is open.
struct process_rules {
  /// The pod of a sidecar becomes ready with its containers, and Cassandra's roles and the tables
  /// of our state may be made only after that.
  bool ready_at_once = false;
  shutdown_limits shutdown;
  base::backoff_options start_retry;
  std::string only_host;                             ///< empty: nodes are reached where they are
  std::chrono::milliseconds longest_reconnect_wait;  ///< to a node
  bool learns_datacenter = false;  ///< ours is that of the node that answers first
};

process_rules rules_of(const config::settings& settings);

/// This process among those that work on the same state.
storage::instance make_instance(base::clock& clock);

/// Who else works on it.
std::unique_ptr<deployment::coordination> make_peers(base::clock& clock, storage::backend& storage,
                                                     storage::instance who);

/// Which nodes may be called. Beside a node: asks it who it is, and registers its cluster when
/// nobody has; the errors are those of management, cluster and storage.
task<deployment::reach_policy> find_reach(base::clock& clock, const config::settings& settings,
                                          management::node_connector& connector,
                                          cluster::cluster_service& clusters);

}  // namespace helenus::app
