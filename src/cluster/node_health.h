#pragma once

#include "base/clock.h"
#include "base/event.h"
#include "base/task.h"
#include "base/task_group.h"
#include "cluster/cluster_options.h"
#include "cluster/ring_view.h"
#include "model/ids.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace helenus::cluster {

/// What one look at a node said.
struct node_sample {
  base::clock::time_point taken{};
  bool alive = true;  ///< by gossip, as the ring view says
  /// Empty: the node could not be asked. 0 while it is not `asked`.
  std::optional<int> pending_compactions;
  std::vector<std::int32_t> repairs;  ///< numbers of all repair commands it coordinates
  std::string failure;                ///< why it could not be asked
  int failures = 0;                   ///< in a row
  /// False: it may not be called from here (deployment::reach_policy), so only gossip is known. How
  /// much it has to do is a matter of the instance that may call it.
  bool asked = true;
};

/// Looks at every watched node once per interval; all runs and candidates share the sample. Nodes
/// that may not be called are known by gossip only.
class node_health {
 public:
  node_health(boost::asio::any_io_executor executor, base::clock& clock,
              std::shared_ptr<ring_view> view, cluster_options options);
  ~node_health();

  /// The nodes to look at from now on.
  void watch(const std::set<model::node_address>& nodes);
  /// The last sample, or null. Its age is the caller's to judge.
  const node_sample* sample(const model::node_address& node) const;
  /// Called after each sample.
  void on_sample(std::function<void(const model::node_address&)> listener);
  /// Takes over who is alive from the view's last ring.
  void ring_was_read();
  /// Samples until cancelled. One caller.
  task<void> run();

 private:
  task<void> look(model::node_address node);
  task<void> look_and_count(model::node_address node);
  bool is_alive(const model::node_address& node) const;
  struct watched;

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  std::shared_ptr<ring_view> view_;
  cluster_options options_;
  std::map<model::node_address, std::unique_ptr<watched>> nodes_;
  std::function<void(const model::node_address&)> listener_;
  base::event changed_;
  std::size_t looking_ = 0;
};

}  // namespace helenus::cluster
