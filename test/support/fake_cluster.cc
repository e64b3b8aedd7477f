#include "support/fake_cluster.h"

#include "base/assert.h"
#include "support/fake_client.h"

#include <algorithm>

namespace helenus::test {

using namespace std::chrono_literals;

fake_cluster::fake_cluster(boost::asio::any_io_executor executor, base::clock& clock,
                           fake_cluster_options options)
    : executor_(std::move(executor)),
      clock_(clock),
      options_(std::move(options)),
      random_(options_.seed),
      ring_(make_ring(options_.layout)),
      ledger_(options_.layout.kind) {
  for (const auto& shown : ring_.nodes) {
    auto& place = nodes_[*shown.id];
    place = std::make_unique<fake_node>(*this, *shown.id);
    order_.push_back(place.get());
    boot(*place);
  }
}

fake_cluster::~fake_cluster() = default;

std::shared_ptr<management::node_client> fake_cluster::client(const model::cluster&,
                                                              const model::node_address& address) {
  auto& known = clients_[address];
  if (!known) known = std::make_shared<fake_client>(*this, address);
  return known;
}

void fake_cluster::learn(const model::cluster&, const model::ring&) {}

void fake_cluster::forget(const std::string&) {}

task<void> fake_cluster::close_all() {
  clients_.clear();
  co_return result<void>{};
}

model::cluster fake_cluster::registration() const {
  model::cluster cluster;
  cluster.name = model::symbolic_name(ring_.cluster_name);
  cluster.kind = ring_.kind;
  cluster.seed_hosts = {order_.front()->address()};
  cluster.state = model::cluster_state::active;
  return cluster;
}

fake_node& fake_cluster::node(const model::node_address& address) {
  auto* found = find(address);
  HELENUS_ASSERT(found);
  return *found;
}

fake_node* fake_cluster::find(const model::node_address& address) {
  for (const auto& shown : ring_.nodes) {
    if (shown.address == address && shown.mode != model::node_mode::left) return find(*shown.id);
  }
  return nullptr;
}

fake_node* fake_cluster::find(const model::host_id& id) {
  const auto found = nodes_.find(id);
  return found == nodes_.end() ? nullptr : found->second.get();
}

const model::node& fake_cluster::shown(const model::host_id& id) const {
  const auto found = std::find_if(ring_.nodes.begin(), ring_.nodes.end(),
                                  [&id](const model::node& node) { return node.id == id; });
  HELENUS_ASSERT(found != ring_.nodes.end());
  return *found;
}

model::node& fake_cluster::shown(const model::host_id& id) {
  return const_cast<model::node&>(std::as_const(*this).shown(id));
}

const fake_keyspace* fake_cluster::find_keyspace(const std::string& name) const {
  const auto found = std::find_if(options_.keyspaces.begin(), options_.keyspaces.end(),
                                  [&name](const fake_keyspace& one) { return one.name == name; });
  return found == options_.keyspaces.end() ? nullptr : &*found;
}

model::ring fake_cluster::ring() {
  settle();
  auto seen = ring_;
  for (auto& shown : seen.nodes) {
    shown.alive = find(*shown.id)->seen_alive(clock_.now(), options_.detection);
  }
  std::erase_if(seen.nodes,
                [](const model::node& node) { return node.mode == model::node_mode::left; });
  return seen;
}

const model::keyspace_ring* fake_cluster::placed(const std::string& keyspace) {
  auto& known = placed_[keyspace];
  if (!known) {
    const auto* found = find_keyspace(keyspace);
    if (!found) return nullptr;
    known = std::make_shared<const model::keyspace_ring>(place_keyspace(ring_, found->copies));
  }
  return known.get();
}

result<model::keyspace_ring> fake_cluster::keyspace_ring(const std::string& keyspace) {
  const auto* known = placed(keyspace);
  if (!known) return error{base::errc::not_found, "no keyspace " + keyspace};
  return *known;
}

void fake_cluster::boot(fake_node& node) {
  // No two processes of a node start in the same millisecond.
  node.jvm_start_ = std::max(clock_.wall_now(), node.jvm_start_ + 1ms);
  node.next_number_ = 1;
  node.commands_.clear();
}

void fake_cluster::changed() {
  for (const auto& [order, waiter] : waiting_) waiter->set();
}

const repair_ledger& fake_cluster::repaired() {
  settle();
  return ledger_;
}

duration fake_cluster::busy_time(const model::host_id& id) {
  settle();
  auto intervals = work_[id];
  std::sort(intervals.begin(), intervals.end());
  duration total{0};
  auto reached = time_point::min();
  for (const auto& [from, to] : intervals) {
    if (to <= reached) continue;
    total += to - std::max(from, reached);
    reached = to;
  }
  return total;
}

duration fake_cluster::longest_busy_time() {
  duration longest{0};
  for (const auto* node : order_) longest = std::max(longest, busy_time(node->id()));
  return longest;
}

std::map<command_end, int> fake_cluster::command_counts() {
  settle();
  auto counts = ended_;
  for (const auto& command : live_) {
    if (!command->foreign) ++counts[command_end::none];
  }
  return counts;
}

}  // namespace helenus::test
