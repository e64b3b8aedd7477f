#pragma once

#include "base/task.h"
#include "management/node_client.h"
#include "model/cluster.h"

#include <memory>
#include <string>

namespace helenus::management {

/// Gives clients for nodes. Clients are shared: two callers for one node get the same one.
class node_connector {
 public:
  virtual ~node_connector() = default;
  /// A client for the node with this address. Does not wait for a connection: the first call does.
  virtual std::shared_ptr<node_client> client(const model::cluster& cluster,
                                              const model::node_address& address) = 0;
  /// Closes idle connections of nodes that are not in `keep`, and all when it is empty.
  virtual task<void> close_all() = 0;
};

}  // namespace helenus::management
