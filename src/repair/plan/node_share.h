#pragma once

#include "base/result.h"
#include "model/repair_unit.h"
#include "model/ring.h"

#include <vector>

namespace helenus::repair {

/// What the incremental repair of a whole node covers, and who takes part in it.
struct node_share {
  std::vector<model::token_range> ranges;  ///< all that it replicates, in the order of the ring
  /// Itself and the other replicas of these ranges, in the unit's datacenters.
  model::replica_set participants;
};

/// As the ring is now. Errors: ring_inconsistent when the node replicates nothing of the keyspace;
/// unknown_datacenter when it is in none of those to repair. Pure.
result<node_share> share_of(const model::node_address& node, const model::keyspace_ring& ring,
                            const model::repair_unit& unit);

}  // namespace helenus::repair
