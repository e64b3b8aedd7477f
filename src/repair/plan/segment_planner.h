#pragma once

#include "base/result.h"
#include "model/repair_unit.h"
#include "model/ring.h"

#include <cstddef>
#include <string>
#include <vector>

namespace helenus::repair {

struct planner_options {
  int segments_per_node = 64;  ///< 0: the default, 64
  /// Put several small ranges with one replica set into one segment when the ring has at least as
  /// many tokens as segments are wanted.
  bool coalesce = true;
  /// Most ranges in one segment: they are one argument of one call to the node. 768 are known to
  /// pass on every supported version.
  std::size_t max_ranges_per_segment = 768;
};

/// A part of a run, not yet stored.
struct planned_segment {
  std::vector<model::token_range> ranges;  ///< each inside one vnode range of every replica
  model::replica_set replicas;             ///< of every range; those in the unit's datacenters
  friend bool operator==(const planned_segment& left, const planned_segment& right) {
    return left.ranges == right.ranges && *left.replicas == *right.replicas;
  }
};

/// What a run consists of.
struct segment_plan {
  std::vector<planned_segment> segments;  ///< at least one
  /// Nodes and datacenters that the unit names and that replicate nothing of the keyspace: worth a
  /// warning, because a unit outlives the nodes that it names.
  std::vector<model::node_address> absent_nodes;
  std::vector<std::string> absent_datacenters;
};

/// Cuts a keyspace's ring into segments, as Cassandra Reaper does for the same input (about
/// `segments_per_node` for each replicating node), so that a run shows the same numbers. Every
/// token of the ring, or of what the unit's nodes replicate, is in exactly one range of one
/// segment. Pure; 256,000 ranges take about a second at most.
///
/// Deviations from Reaper, see repair/plan/README.md.
///
/// Errors: ring_inconsistent (transient) when `ring` is not a partition; unknown_node,
/// unknown_datacenter; nothing_to_repair when no range has a replica.
result<segment_plan> plan_segments(const model::keyspace_ring& ring, const model::repair_unit& unit,
                                   const planner_options& options);

}  // namespace helenus::repair
