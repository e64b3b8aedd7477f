#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "cluster/cluster_options.h"
#include "cluster/errc.h"
#include "deployment/reach_policy.h"
#include "management/node_connector.h"
#include "model/cluster.h"
#include "model/ring.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::cluster {

/// True for failures that another node of the cluster may not have.
bool is_about_reaching(const error& failure);

/// True when a node is in both, by host id, and by address where a host id is not known.
bool share_a_node(const model::ring& left, const model::ring& right);

/// A cluster's ring as its nodes tell it, read again when it is old. io thread only.
class ring_view {
 public:
  ring_view(base::clock& clock, management::node_connector& connector, model::cluster cluster,
            cluster_options options,
            const deployment::reach_policy& reach = deployment::every_node);

  /// The ring, not older than `age`. Every known node that may be called is asked in turn until one
  /// answers; errc::unreachable when none does.
  task<std::shared_ptr<const model::ring>> ring(base::clock::duration age);
  /// One keyspace's ranges, read again when the ring (itself not older than `age`) changed since,
  /// or after options.keyspace_age. They are of the generation at the return.
  task<std::shared_ptr<const model::keyspace_ring>> keyspace(std::string name,
                                                             base::clock::duration age);
  /// The last ring that was read, or null.
  std::shared_ptr<const model::ring> last_ring() const { return ring_; }
  /// The node that told it; empty before there is one.
  const model::node_address& ring_source() const { return ring_source_; }
  /// Changes when tokens, owners or modes of nodes change.
  std::uint64_t generation() const { return generation_; }

  /// Puts `question` to one node after the other until one answers. errc::unreachable when none
  /// does; a node's refusal that others would repeat ends the search.
  template <class Answer>
  task<Answer> ask_any(std::function<task<Answer>(management::node_client&)> question,
                       std::string what) {
    const auto asked_about = forgotten_;
    error last{errc::unreachable, "none may be called from here"};
    for (const auto& address : candidates()) {
      const auto node = client(address);
      auto answer = co_await base::with_timeout(clock_, question(*node), options_.ask_timeout,
                                                what + " from " + address);
      if (asked_about != forgotten_) {
        co_return error{errc::unknown_cluster, "cluster " + cluster_.name + " was removed"};
      }
      if (answer) {
        last_good_ = address;
        co_return answer;
      }
      if (!is_about_reaching(answer.error())) co_return answer.error();
      last = answer.error();
      if (address == last_good_) last_good_.clear();
    }
    co_return error{errc::unreachable, "no node of cluster " + cluster_.name +
                                           " answers; the last one: " + last.message()};
  }

  const model::cluster& cluster() const { return cluster_; }
  void set_cluster(model::cluster changed) { cluster_ = std::move(changed); }
  /// The cluster was removed: nothing of it is known any more, nor believed when it comes late.
  void forget();
  std::shared_ptr<management::node_client> client(const model::node_address& address) {
    return connector_.client(cluster_, address);
  }
  /// Whether we may connect to the node with this address.
  bool may_call(const model::node_address& address) const;
  /// The address of a node by its identity in the last ring; empty when it is not there.
  model::node_address address_of(const model::host_id& id) const;

 private:
  struct kept_keyspace {
    std::shared_ptr<const model::keyspace_ring> value;
    std::uint64_t generation = 0;
    base::clock::time_point read{};
  };
  std::vector<model::node_address> candidates();
  /// wrong_cluster when what the node tells can not be the cluster that was seen before.
  task<model::ring> ring_from(management::node_client& node);
  void keep(model::ring fresh);

  base::clock& clock_;
  management::node_connector& connector_;
  model::cluster cluster_;
  cluster_options options_;
  const deployment::reach_policy& reach_;
  std::shared_ptr<const model::ring> ring_;
  base::clock::time_point ring_read_{};
  model::node_address ring_source_;
  std::uint64_t generation_ = 0;
  unsigned forgotten_ = 0;  ///< so often
  model::node_address last_good_;
  std::size_t rotation_ = 0;  ///< which nodes of a large ring are tried after the seeds
  std::map<std::string, kept_keyspace, std::less<>> keyspaces_;
};

}  // namespace helenus::cluster
