#include "support/fake_ring.h"

#include "base/assert.h"

#include <algorithm>
#include <random>
#include <set>

namespace helenus::test {
namespace {

model::host_id make_host_id(std::mt19937_64& random) {
  std::array<std::uint8_t, 16> bytes{};
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  return model::host_id(base::uuid(bytes));
}

model::node make_node(const datacenter_layout& datacenter, std::size_t number, int index,
                      const ring_layout& layout, std::mt19937_64& random) {
  model::node node;
  node.address = "10." + std::to_string(number + 1) + "." + std::to_string(index / 250) + "." +
                 std::to_string(index % 250 + 1);
  node.id = make_host_id(random);
  node.datacenter = datacenter.name;
  node.rack = "r" + std::to_string(index % datacenter.racks + 1);
  node.mode = model::node_mode::normal;
  node.alive = true;
  node.load = "100 MiB";
  node.release_version = layout.release_version;
  return node;
}

// Where the tokens lie and who owns them, in the order of the ring.
struct vnode {
  model::token position;
  int owner;
};

std::vector<vnode> vnodes_of(const model::ring& ring) {
  std::vector<vnode> all;
  for (std::size_t index = 0; index < ring.nodes.size(); ++index) {
    const auto& node = ring.nodes[index];
    if (node.mode != model::node_mode::normal && node.mode != model::node_mode::leaving) continue;
    for (const auto position : node.tokens) all.push_back({position, static_cast<int>(index)});
  }
  std::sort(all.begin(), all.end(),
            [](const vnode& left, const vnode& right) { return left.position < right.position; });
  return all;
}

// What one datacenter still wants while the ring is walked.
struct quota {
  int wanted = 0;
  std::set<std::string> racks_left;
  std::vector<int> passed_over;  // in a rack that has a copy already
};

class placement {
 public:
  placement(const model::ring& ring, const replication& copies) : ring_(ring) {
    for (const auto& node : ring.nodes) {
      if (node.tokens.empty()) continue;
      ++nodes_[node.datacenter];
      racks_[node.datacenter].insert(node.rack);
    }
    for (const auto& [datacenter, count] : copies) {
      const auto wanted = std::min(count, nodes_[datacenter]);
      if (wanted > 0) start_[datacenter] = {wanted, racks_[datacenter], {}};
    }
  }

  // The nodes that replicate the range that ends at `first`.
  std::vector<int> of(const std::vector<vnode>& ring, std::size_t first) const {
    auto quotas = start_;
    std::vector<int> chosen;
    std::size_t open = quotas.size();
    for (std::size_t step = 0; step < ring.size() && open > 0; ++step) {
      const int candidate = ring[(first + step) % ring.size()].owner;
      const auto found = quotas.find(ring_.nodes[static_cast<std::size_t>(candidate)].datacenter);
      if (found == quotas.end() || found->second.wanted == 0) continue;
      if (std::find(chosen.begin(), chosen.end(), candidate) != chosen.end()) continue;
      take(found->second, candidate, chosen);
      if (found->second.wanted == 0) --open;
    }
    std::sort(chosen.begin(), chosen.end(), [this](int left, int right) {
      return ring_.nodes[static_cast<std::size_t>(left)].address <
             ring_.nodes[static_cast<std::size_t>(right)].address;
    });
    return chosen;
  }

 private:
  void take(quota& left, int candidate, std::vector<int>& chosen) const {
    auto& passed = left.passed_over;
    if (std::find(passed.begin(), passed.end(), candidate) != passed.end()) return;
    const auto& rack = ring_.nodes[static_cast<std::size_t>(candidate)].rack;
    if (!left.racks_left.empty() && left.racks_left.erase(rack) == 0) {
      passed.push_back(candidate);
      return;
    }
    chosen.push_back(candidate);
    --left.wanted;
    if (!left.racks_left.empty()) return;
    // Every rack has a copy: those that were passed over come first, in their order.
    while (left.wanted > 0 && !passed.empty()) {
      chosen.push_back(passed.front());
      passed.erase(passed.begin());
      --left.wanted;
    }
  }

  const model::ring& ring_;
  std::map<std::string, int> nodes_;
  std::map<std::string, std::set<std::string>> racks_;
  std::map<std::string, quota> start_;
};

}  // namespace

model::token make_token(model::partitioner kind, std::uint64_t high, std::uint64_t low) {
  if (kind == model::partitioner::murmur3) return model::token(static_cast<std::int64_t>(low));
  const auto value = (static_cast<model::uint128>(high) << 64 | low) & ~(model::uint128{1} << 127);
  return model::token(static_cast<model::int128>(value));
}

void collect_tokens(model::ring& ring) {
  ring.tokens.clear();
  for (const auto& vnode : vnodes_of(ring)) ring.tokens.push_back(vnode.position);
}

model::ring make_ring(const ring_layout& layout) {
  std::mt19937_64 random(layout.seed);
  model::ring ring;
  ring.cluster_name = "test cluster";
  ring.kind = layout.kind;
  ring.release_version = layout.release_version;
  for (std::size_t number = 0; number < layout.datacenters.size(); ++number) {
    const auto& datacenter = layout.datacenters[number];
    for (int index = 0; index < datacenter.nodes; ++index) {
      ring.nodes.push_back(make_node(datacenter, number, index, layout, random));
    }
  }
  const auto total = ring.nodes.size() * static_cast<std::size_t>(layout.tokens_per_node);
  HELENUS_ASSERT(total > 0);
  std::set<model::token> taken;
  const auto step = model::ring_size(layout.kind) / total;
  for (std::size_t index = 0; index < total; ++index) {
    auto& owner = ring.nodes[index % ring.nodes.size()];
    auto position = model::token(model::minimum_token(layout.kind).value() +
                                 static_cast<model::int128>(step * index + step / 2));
    while (!layout.even_tokens) {
      position = make_token(layout.kind, random(), random());
      if (taken.insert(position).second) break;
    }
    owner.tokens.push_back(position);
  }
  for (auto& node : ring.nodes) std::sort(node.tokens.begin(), node.tokens.end());
  collect_tokens(ring);
  return ring;
}

model::keyspace_ring place_keyspace(const model::ring& ring, const replication& copies) {
  model::keyspace_ring placed;
  placed.kind = ring.kind;
  placed.release_version = ring.release_version;
  placed.tokens = ring.tokens;
  const auto vnodes = vnodes_of(ring);
  const placement rule(ring, copies);
  std::map<std::vector<int>, model::replica_set> shared;
  placed.ranges.reserve(vnodes.size());
  for (std::size_t index = 0; index < vnodes.size(); ++index) {
    // The range that starts at this token ends at the next one, whose owner is the first replica.
    const auto next = (index + 1) % vnodes.size();
    auto owners = rule.of(vnodes, next);
    auto& set = shared[owners];
    if (!set) {
      std::vector<model::replica> replicas;
      for (const int owner : owners) {
        const auto& node = ring.nodes[static_cast<std::size_t>(owner)];
        replicas.push_back({node.address, node.datacenter});
      }
      set = std::make_shared<const std::vector<model::replica>>(std::move(replicas));
    }
    placed.ranges.push_back({{vnodes[index].position, vnodes[next].position}, set});
  }
  return placed;
}

}  // namespace helenus::test
