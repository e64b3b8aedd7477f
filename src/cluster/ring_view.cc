#include "cluster/ring_view.h"

#include "management/errc.h"

#include <algorithm>
#include <set>

namespace helenus::cluster {
namespace {

/// A cluster of which this many nodes do not answer is unreachable; asking every one of a thousand
/// would take hours.
constexpr std::size_t most_nodes_asked = 8;

bool same_shape(const model::ring& left, const model::ring& right) {
  if (left.nodes.size() != right.nodes.size() || left.tokens != right.tokens) return false;
  const auto equal = [](const model::node& a, const model::node& b) {
    return a.address == b.address && a.id == b.id && a.mode == b.mode && a.tokens == b.tokens &&
           a.datacenter == b.datacenter;
  };
  return std::is_permutation(left.nodes.begin(), left.nodes.end(), right.nodes.begin(), equal);
}

const model::node* find_node(const model::ring& ring, const model::node_address& address) {
  const auto found = std::find_if(ring.nodes.begin(), ring.nodes.end(),
                                  [&](const model::node& one) { return one.address == address; });
  return found == ring.nodes.end() ? nullptr : &*found;
}

bool same_ranges(const model::keyspace_ring& left, const model::keyspace_ring& right) {
  return std::equal(left.ranges.begin(), left.ranges.end(), right.ranges.begin(),
                    right.ranges.end(),
                    [](const model::replica_range& a, const model::replica_range& b) {
                      return a.range == b.range && *a.replicas == *b.replicas;
                    });
}

}  // namespace

bool share_a_node(const model::ring& left, const model::ring& right) {
  std::set<model::host_id> ids;
  std::set<model::node_address> addresses;
  for (const auto& node : left.nodes) {
    if (node.id) ids.insert(*node.id);
    if (!node.id) addresses.insert(node.address);
  }
  return std::any_of(right.nodes.begin(), right.nodes.end(), [&](const model::node& node) {
    return (node.id && ids.contains(*node.id)) || addresses.contains(node.address);
  });
}

bool is_about_reaching(const error& failure) {
  using management::errc;
  return failure.code != errc::unknown_keyspace && failure.code != errc::unsupported;
}

ring_view::ring_view(base::clock& clock, management::node_connector& connector,
                     model::cluster cluster, cluster_options options,
                     const deployment::reach_policy& reach)
    : clock_(clock),
      connector_(connector),
      cluster_(std::move(cluster)),
      options_(options),
      reach_(reach) {}

task<std::shared_ptr<const model::ring>> ring_view::ring(base::clock::duration age) {
  if (ring_ && clock_.now() - ring_read_ <= age) co_return ring_;
  const auto asked = clock_.now();
  std::function<task<model::ring>(management::node_client&)> question =
      [this](management::node_client& node) { return ring_from(node); };
  CO_TRY(fresh, co_await ask_any<model::ring>(std::move(question), "the ring"));
  if (fresh.tokens.empty()) {
    co_return error{errc::empty_ring, "the ring of cluster " + cluster_.name + " has no tokens"};
  }
  if (ring_ && asked < ring_read_) co_return ring_;  // what is known was asked for later
  keep(std::move(fresh));
  ring_read_ = asked;
  ring_source_ = last_good_;
  co_return ring_;
}

task<model::ring> ring_view::ring_from(management::node_client& node) {
  CO_TRY(ring, co_await node.ring());
  // Addresses are given to other machines, and many clusters have the same name.
  if (ring_ && !ring.nodes.empty() && !share_a_node(*ring_, ring)) {
    co_return error{errc::wrong_cluster,
                    "the node belongs to another cluster named " + cluster_.name +
                        ": no node of the one that was registered is in its ring"};
  }
  co_return ring;
}

void ring_view::keep(model::ring fresh) {
  if (!ring_ || !same_shape(*ring_, fresh)) ++generation_;
  ring_ = std::make_shared<const model::ring>(std::move(fresh));
  connector_.learn(cluster_, *ring_);
}

task<std::shared_ptr<const model::keyspace_ring>> ring_view::keyspace(std::string name,
                                                                      base::clock::duration age) {
  for (;;) {
    CO_TRY_VOID(co_await ring(age));
    if (const auto found = keyspaces_.find(name); found != keyspaces_.end()) {
      const bool young = clock_.now() - found->second.read <= options_.keyspace_age;
      if (young && found->second.generation == generation_) co_return found->second.value;
    }
    const auto generation = generation_;
    const auto asked = clock_.now();
    std::function<task<model::keyspace_ring>(management::node_client&)> question =
        [name](management::node_client& node) { return node.keyspace_ring(name); };
    CO_TRY(fresh, co_await ask_any<model::keyspace_ring>(std::move(question),
                                                         "the ranges of keyspace " + name));
    if (generation_ != generation) continue;  // they may be from before the change
    auto value = std::make_shared<const model::keyspace_ring>(std::move(fresh));
    // Replication may change while the ring stays the same.
    const auto kept = keyspaces_.find(name);
    const bool is_known = kept != keyspaces_.end() && kept->second.generation == generation;
    if (is_known && asked < kept->second.read) co_return kept->second.value;
    if (is_known && !same_ranges(*kept->second.value, *value)) ++generation_;
    keyspaces_[name] = {value, generation_, asked};
    co_return value;
  }
}

void ring_view::forget() {
  ++forgotten_;
  ++generation_;
  ring_.reset();
  ring_source_.clear();
  last_good_.clear();
  keyspaces_.clear();
}

model::node_address ring_view::address_of(const model::host_id& id) const {
  if (!ring_) return {};
  for (const auto& node : ring_->nodes) {
    if (node.id == id) return node.address;
  }
  return {};
}

bool ring_view::may_call(const model::node_address& address) const {
  if (!reach_.is_limited()) return true;
  const model::node* found = ring_ ? find_node(*ring_, address) : nullptr;
  return found && reach_.may_call(*found);
}

std::vector<model::node_address> ring_view::candidates() {
  std::vector<model::node_address> order;
  if (reach_.node()) {
    const auto now = address_of(*reach_.node());
    order.push_back(now.empty() ? reach_.node_address() : now);
    return order;
  }
  const auto add = [this, &order](const model::node_address& address) {
    if (address.empty() || order.size() >= most_nodes_asked) return;
    // Seeds that the ring does not know may be names of nodes of ours.
    if (ring_ && find_node(*ring_, address) && !may_call(address)) return;
    if (std::find(order.begin(), order.end(), address) == order.end()) order.push_back(address);
  };
  add(last_good_);
  for (std::size_t index = 0; index < std::min<std::size_t>(3, cluster_.seed_hosts.size());
       ++index) {
    add(cluster_.seed_hosts[(rotation_ + index) % cluster_.seed_hosts.size()]);
  }
  if (ring_) {
    for (std::size_t index = 0; index < ring_->nodes.size(); ++index) {
      const auto& node = ring_->nodes[(rotation_ + index) % ring_->nodes.size()];
      if (node.alive) add(node.address);
    }
  }
  for (const auto& seed : cluster_.seed_hosts) add(seed);
  rotation_ += 3;
  return order;
}

}  // namespace helenus::cluster
