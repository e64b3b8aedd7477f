#include "repair/plan/replica_groups.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <string_view>
#include <unordered_set>

namespace helenus::repair {
namespace {

using replicas = std::vector<model::replica>;

struct content_hash {
  std::size_t operator()(const replicas* set) const {
    std::size_t seed = 0;
    for (const auto& replica : *set) {
      seed = seed * 1099511628211ULL + std::hash<std::string_view>{}(replica.address);
    }
    return seed;
  }
};

struct same_content {
  bool operator()(const replicas* left, const replicas* right) const {
    return left == right || *left == *right;
  }
};

}  // namespace

replica_groups::replica_groups(const model::keyspace_ring& ring, const model::repair_unit& unit)
    : ring_(ring) {
  number_groups();
  apply_filters(unit);
}

void replica_groups::number_groups() {
  std::unordered_map<const replicas*, std::uint32_t, content_hash, same_content> numbers;
  numbers.reserve(ring_.ranges.size());
  group_of_.reserve(ring_.ranges.size());
  for (const auto& range : ring_.ranges) {
    const auto next = static_cast<std::uint32_t>(sets_.size());
    const auto [group, fresh] = numbers.try_emplace(range.replicas.get(), next);
    if (fresh) sets_.push_back(range.replicas);
    group_of_.push_back(group->second);
  }
}

void replica_groups::apply_filters(const model::repair_unit& unit) {
  std::unordered_set<std::string_view> nodes;
  std::unordered_set<std::string_view> datacenters;
  chosen_.reserve(sets_.size());
  for (const auto& set : sets_) {
    bool wanted = unit.nodes.empty();
    replicas inside;
    for (const auto& replica : *set) {
      nodes.insert(replica.address);
      datacenters.insert(replica.datacenter);
      if (!wanted) wanted = unit.nodes.contains(replica.address);
      if (!unit.datacenters.empty() && unit.datacenters.contains(replica.datacenter)) {
        inside.push_back(replica);
      }
    }
    if (!wanted) {
      chosen_.emplace_back();
    } else if (unit.datacenters.empty() || inside.size() == set->size()) {
      chosen_.push_back(set);
    } else {
      chosen_.push_back(std::make_shared<const replicas>(std::move(inside)));
    }
  }
  node_count_ = nodes.size();
  for (const auto& node : unit.nodes) {
    if (!nodes.contains(node)) absent_nodes_.push_back(node);
  }
  for (const auto& datacenter : unit.datacenters) {
    if (!datacenters.contains(datacenter)) absent_datacenters_.push_back(datacenter);
  }
}

std::vector<std::uint32_t> replica_groups::in_order() const {
  // Where the next range of each group goes: a counting sort.
  std::vector<std::uint32_t> place(size() + 1, 0);
  for (const auto group : group_of_) ++place[group + 1];
  std::partial_sum(place.begin(), place.end(), place.begin());
  std::vector<std::uint32_t> order(group_of_.size());
  for (std::uint32_t index = 0; index < order.size(); ++index) {
    order[place[group_of_[index]]++] = index;
  }
  return order;
}

const model::token_range* replica_groups::range_outside_datacenters() const {
  for (std::size_t index = 0; index < group_of_.size(); ++index) {
    const auto& set = chosen(index);
    if (set && set->empty()) return &ring_.ranges[index].range;
  }
  return nullptr;
}

}  // namespace helenus::repair
