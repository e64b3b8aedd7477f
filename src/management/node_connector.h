#pragma once

#include "base/task.h"
#include "management/node_client.h"
#include "model/cluster.h"
#include "model/ring.h"

#include <memory>
#include <string>

namespace helenus::management {

/// Gives clients for nodes. Clients are shared: two callers for one node get the same one.
///
/// A client stands for a node, not for an address: once its host id is known, another node behind
/// the same address is errc::wrong_node. A ring that shows the node elsewhere moves the client
/// there with its running sessions; where a ring shows another node in its place, and it does not
/// answer, the address gets a client of its own for that one.
class node_connector {
 public:
  virtual ~node_connector() = default;
  /// A client for the node with this address. Does not wait for a connection: the first call does.
  virtual std::shared_ptr<node_client> client(const model::cluster& cluster,
                                              const model::node_address& address) = 0;
  /// Tells where the nodes are now. What ring() of any client answers is learnt without this.
  virtual void learn(const model::cluster& cluster, const model::ring& ring) = 0;
  /// No cluster of this name is registered any more: its connections end, and whoever answers at
  /// its addresses later may be another one.
  virtual void forget(const std::string& cluster_name) = 0;
  /// Ends all connections and what runs for them; calls under way fail with base::errc::closed.
  /// Must have returned before the connector is destroyed.
  virtual task<void> close_all() = 0;
};

}  // namespace helenus::management
