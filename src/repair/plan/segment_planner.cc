#include "repair/plan/segment_planner.h"

#include "model/range_arithmetic.h"
#include "repair/errc.h"
#include "repair/plan/replica_groups.h"

#include <algorithm>
#include <limits>
#include <string_view>

namespace helenus::repair {
namespace {

using model::token_range;

constexpr int default_segments_per_node = 64;
// Together with the largest ring this keeps every product below within its type.
constexpr int most_segments_per_node = 1'000'000;

// Versions before 2.2 repair one range per command.
bool takes_one_range_only(const std::string& release_version) {
  return release_version.starts_with("1.") || release_version.starts_with("2.0") ||
         release_version.starts_with("2.1");
}

// A node refuses a range whose ends are equal, so the whole ring of a single token is always cut.
std::uint64_t at_least_two_of_the_whole_ring(const token_range& range, std::uint64_t pieces) {
  return range.start == range.end ? std::max<std::uint64_t>(2, pieces) : pieces;
}

class planner {
 public:
  planner(const model::keyspace_ring& ring, const replica_groups& groups, std::uint32_t wanted,
          const planner_options& options)
      : ring_(ring), groups_(groups), wanted_(wanted), options_(options) {}

  std::vector<planned_segment> subdivide() const {
    std::vector<planned_segment> segments;
    segments.reserve(ring_.ranges.size() + wanted_);
    for (std::size_t index = 0; index < ring_.ranges.size(); ++index) {
      const auto& set = groups_.chosen(index);
      if (!set) continue;
      const auto& range = ring_.ranges[index].range;
      const auto pieces =
          at_least_two_of_the_whole_ring(range, model::parts_of_ring(range, wanted_, ring_.kind));
      for (const auto& piece : model::split(range, pieces, ring_.kind)) {
        segments.push_back({{piece}, set});
      }
    }
    return segments;
  }

  std::vector<planned_segment> coalesce() const {
    std::vector<planned_segment> segments;
    const auto target = (model::ring_size(ring_.kind) - 1) / wanted_;
    std::size_t group = groups_.size();
    model::uint128 size = 0;
    for (const auto index : groups_.in_order()) {
      const auto& set = groups_.chosen(index);
      if (!set) continue;
      const auto& range = ring_.ranges[index].range;
      const auto span = range.span(ring_.kind);
      const bool fits = groups_.group_of(index) == group && size + span <= target &&
                        segments.back().ranges.size() < options_.max_ranges_per_segment;
      if (!fits) {
        segments.push_back({{}, set});
        group = groups_.group_of(index);
        size = 0;
      }
      size += span;
      auto& ranges = segments.back().ranges;
      if (range.start == range.end) {
        ranges = model::split(range, 2, ring_.kind);  // see at_least_two_of_the_whole_ring
      } else {
        ranges.push_back(range);
      }
    }
    return segments;
  }

 private:
  const model::keyspace_ring& ring_;
  const replica_groups& groups_;
  std::uint32_t wanted_;
  const planner_options& options_;
};

// Each range that shall be repaired is tiled by the segments' ranges, without gap or overlap.
bool covers_exactly(const std::vector<planned_segment>& segments, const model::keyspace_ring& ring,
                    const replica_groups& groups) {
  std::vector<token_range> planned;
  for (const auto& segment : segments) {
    planned.insert(planned.end(), segment.ranges.begin(), segment.ranges.end());
  }
  std::sort(planned.begin(), planned.end());
  // The pieces of the range that wraps begin on both sides of the ring's end.
  auto next = std::partition_point(planned.begin(), planned.end(), [&ring](const auto& range) {
    return range.start < ring.ranges.front().range.start;
  });
  std::rotate(planned.begin(), next, planned.end());
  next = planned.begin();
  for (std::size_t index = 0; index < ring.ranges.size(); ++index) {
    if (!groups.chosen(index)) continue;
    const auto& range = ring.ranges[index].range;
    auto reached = range.start;
    do {
      if (next == planned.end() || next->start != reached || !range.encloses(*next)) return false;
      reached = next->end;
      ++next;
    } while (reached != range.end);
  }
  return next == planned.end();
}

/// RF 0, or only datacenters that no node is in.
bool has_no_replica(const model::keyspace_ring& ring) {
  return !ring.ranges.empty() &&
         std::all_of(ring.ranges.begin(), ring.ranges.end(),
                     [](const auto& one) { return !one.replicas || one.replicas->empty(); });
}

error absent(errc code, const std::set<std::string>& names, std::string_view what,
             const model::repair_unit& unit) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
  return {code, "keyspace " + unit.keyspace + " has no replica " + std::string(what) + " " + list};
}

}  // namespace

result<segment_plan> plan_segments(const model::keyspace_ring& ring, const model::repair_unit& unit,
                                   const planner_options& options) {
  if (has_no_replica(ring)) {
    return error{errc::nothing_to_repair,
                 "keyspace " + unit.keyspace +
                     " has no replica on any node: its replication factor is 0, or it names "
                     "datacenters that are not there"};
  }
  if (!model::is_complete(ring)) {
    return error{errc::ring_inconsistent, "the ranges of keyspace " + unit.keyspace +
                                              " do not cover the ring exactly, or some have no "
                                              "replica"};
  }
  if (options.segments_per_node < 0 || options.segments_per_node > most_segments_per_node ||
      options.max_ranges_per_segment == 0) {
    return error{errc::invalid_request,
                 "segments per node must be from 0 to " + std::to_string(most_segments_per_node)};
  }
  const replica_groups groups(ring, unit);
  segment_plan plan;
  plan.absent_nodes = groups.absent_nodes();
  plan.absent_datacenters = groups.absent_datacenters();
  if (!unit.nodes.empty() && plan.absent_nodes.size() == unit.nodes.size()) {
    return absent(errc::unknown_node, unit.nodes, "at", unit);
  }
  if (!unit.datacenters.empty() && plan.absent_datacenters.size() == unit.datacenters.size()) {
    return absent(errc::unknown_datacenter, unit.datacenters, "in", unit);
  }
  if (const auto* bare = groups.range_outside_datacenters()) {
    return error{errc::unknown_datacenter, "range " + bare->to_string() + " of keyspace " +
                                               unit.keyspace +
                                               " has no replica in the datacenters to repair"};
  }
  const auto per_node =
      options.segments_per_node == 0 ? default_segments_per_node : options.segments_per_node;
  const auto wanted = static_cast<std::uint32_t>(
      std::min<std::size_t>(groups.node_count() * static_cast<std::size_t>(per_node),
                            std::numeric_limits<std::uint32_t>::max()));
  const auto tokens = ring.tokens.empty() ? ring.ranges.size() : ring.tokens.size();
  const bool cut =
      tokens < wanted || !options.coalesce || takes_one_range_only(ring.release_version);
  const planner rule(ring, groups, wanted, options);
  plan.segments = cut ? rule.subdivide() : rule.coalesce();
  if (plan.segments.empty()) {
    return error{errc::nothing_to_repair,
                 "no range of keyspace " + unit.keyspace + " is replicated by the nodes to repair"};
  }
  if (!covers_exactly(plan.segments, ring, groups)) {
    return error{errc::ring_inconsistent,
                 "the plan of keyspace " + unit.keyspace + " does not cover its ring exactly"};
  }
  return plan;
}

}  // namespace helenus::repair
