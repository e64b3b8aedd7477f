// How the members of a fake cluster change.

#include "support/fake_cluster.h"

#include <algorithm>

namespace helenus::test {

model::node_address fake_cluster::next_address(const std::string& like) {
  return like.substr(0, like.find('.', 3)) + ".200." + std::to_string(next_address_++);
}

void fake_cluster::topology_changed() {
  collect_tokens(ring_);
  placed_.clear();
  changed();
}

model::node_address fake_cluster::add_node(const std::string& datacenter, const std::string& rack) {
  settle();
  ring_layout one;
  one.seed = random_();
  one.kind = ring_.kind;
  one.release_version = ring_.release_version;
  one.tokens_per_node = options_.layout.tokens_per_node;
  one.datacenters = {{datacenter, 1, 1}};
  auto node = make_ring(one).nodes.front();
  const auto neighbour =
      std::find_if(ring_.nodes.begin(), ring_.nodes.end(),
                   [&](const model::node& other) { return other.datacenter == datacenter; });
  node.address = next_address(neighbour == ring_.nodes.end() ? "10.99.0.0" : neighbour->address);
  node.rack = rack;
  ring_.nodes.push_back(node);
  auto& place = nodes_[*node.id];
  place = std::make_unique<fake_node>(*this, *node.id);
  order_.push_back(place.get());
  boot(*place);
  topology_changed();
  return node.address;
}

void fake_cluster::upgrade_node(const model::node_address& address, std::string release,
                                int messaging_version) {
  auto& entry = shown(node(address).id());
  entry.release_version = std::move(release);
  entry.messaging_version = messaging_version;
  changed();
}

void fake_cluster::remove_node(const model::node_address& address) {
  auto& leaving = node(address);
  leaving.kill();
  auto& entry = shown(leaving.id());
  entry.mode = model::node_mode::left;
  entry.tokens.clear();
  topology_changed();
}

model::node_address fake_cluster::replace_node(const model::node_address& address) {
  auto& old = node(address);
  const auto was = old.shown();
  const auto fresh = add_node(was.datacenter, was.rack);
  shown(node(fresh).id()).tokens = was.tokens;
  remove_node(address);
  return fresh;
}

model::node_address fake_cluster::change_address(const model::node_address& address) {
  auto& moving = node(address);
  moving.kill();
  const auto fresh = next_address(address);
  shown(moving.id()).address = fresh;
  topology_changed();
  moving.start();
  return fresh;
}

void fake_cluster::set_replication(const std::string& keyspace, replication copies) {
  for (auto& one : options_.keyspaces) {
    if (one.name == keyspace) one.copies = copies;
  }
  placed_.clear();
}

void fake_cluster::drop_keyspace(const std::string& name) {
  std::erase_if(options_.keyspaces, [&](const fake_keyspace& one) { return one.name == name; });
  placed_.clear();
}

}  // namespace helenus::test
