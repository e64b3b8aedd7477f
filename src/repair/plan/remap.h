#pragma once

#include "base/result.h"
#include "model/repair_segment.h"
#include "model/repair_unit.h"
#include "model/ring.h"
#include "repair/plan/segment_planner.h"

#include <vector>

namespace helenus::repair {

/// Where the ranges of a segment lie on a ring.
struct remapped_segment {
  /// True when the segment can be repaired as it is: its ranges each lie in one range of the ring
  /// and share one replica set, which is the only part's `replicas` (it may differ from the
  /// segment's: nodes were replaced or changed address).
  bool fits = false;
  std::vector<planned_segment> parts;  ///< together exactly the segment's tokens; at least one
};

/// Maps one unfinished segment to the ring as it is now: cuts its ranges at the borders of the
/// ring's ranges and groups the pieces by replica set. The unit's node filter is not applied again:
/// what the run promised to repair stays promised.
///
/// The time it takes does not depend on the size of the ring: call it for every segment.
///
/// Errors: ring_inconsistent (transient) when the ring has a gap there; unknown_datacenter when a
/// piece has no replica in the unit's datacenters.
result<remapped_segment> remap_segment(const model::repair_segment& segment,
                                       const model::keyspace_ring& ring,
                                       const model::repair_unit& unit);

}  // namespace helenus::repair
