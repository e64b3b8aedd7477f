#include "repair/plan/node_share.h"

#include "model/range_arithmetic.h"
#include "repair/errc.h"

#include <algorithm>
#include <set>

namespace helenus::repair {
namespace {

const model::replica* find_in(const model::replica_set& replicas, const model::node_address& node) {
  const auto found = std::ranges::find(*replicas, node, &model::replica::address);
  return found == replicas->end() ? nullptr : &*found;
}

}  // namespace

result<node_share> share_of(const model::node_address& node, const model::keyspace_ring& ring,
                            const model::repair_unit& unit) {
  node_share share;
  std::set<model::replica> together;
  const auto is_wanted = [&unit](const model::replica& replica) {
    return unit.datacenters.empty() || unit.datacenters.contains(replica.datacenter);
  };
  for (const auto& [range, replicas] : ring.ranges) {
    const auto* self = replicas ? find_in(replicas, node) : nullptr;
    if (!self) continue;
    if (!is_wanted(*self)) {
      return error{errc::unknown_datacenter, "node " + node + " is in datacenter " +
                                                 self->datacenter +
                                                 ", which is not among those to repair"};
    }
    std::ranges::copy_if(*replicas, std::inserter(together, together.end()), is_wanted);
    if (range.start == range.end) {
      // The whole ring of one token: a node refuses equal ends.
      for (const auto& half : model::split(range, 2, ring.kind)) share.ranges.push_back(half);
    } else {
      share.ranges.push_back(range);
    }
  }
  if (share.ranges.empty()) {
    return error{errc::ring_inconsistent,
                 "node " + node + " replicates nothing of keyspace " + unit.keyspace};
  }
  share.participants =
      std::make_shared<const std::vector<model::replica>>(together.begin(), together.end());
  return share;
}

}  // namespace helenus::repair
