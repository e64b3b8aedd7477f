#include "repair/dispatch/foreign_repairs.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace helenus::repair {
namespace {

/// More than a node's list, at most a minute old, can show of quick segments in practice.
constexpr std::size_t most_ended = 512;

}  // namespace

void foreign_repairs::looked(const model::node_address& node,
                             const std::vector<std::int32_t>& running,
                             const std::vector<std::int32_t>& ours, bool unsure) {
  if (running.empty() && !nodes_.contains(node)) return;
  auto& seen = nodes_[node];
  if (unsure) return;
  std::set<std::int32_t> unexplained;
  for (const auto number : running) {
    const auto in = [number](const auto& numbers) {
      return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
    };
    if (!in(ours) && !in(seen.ended)) unexplained.insert(number);
  }
  seen.foreign.clear();
  std::set_intersection(unexplained.begin(), unexplained.end(), seen.unexplained.begin(),
                        seen.unexplained.end(), std::inserter(seen.foreign, seen.foreign.end()));
  seen.unexplained = std::move(unexplained);
}

void foreign_repairs::ended(const model::node_address& node, std::int32_t number) {
  auto& known = nodes_[node].ended;
  known.push_back(number);
  if (known.size() > most_ended) known.pop_front();
}

std::string foreign_repairs::sentence(const model::node_address& node) const {
  const auto found = nodes_.find(node);
  if (found == nodes_.end() || found->second.foreign.empty()) return {};
  const auto& foreign = found->second.foreign;
  std::string numbers;
  for (const auto number : foreign) {
    numbers += (numbers.empty() ? "" : ", ") + std::to_string(number);
  }
  return (foreign.size() == 1 ? "repair command " + numbers + ", which is not ours, runs on "
                              : "repair commands " + numbers + ", which are not ours, run on ") +
         node;
}

}  // namespace helenus::repair
