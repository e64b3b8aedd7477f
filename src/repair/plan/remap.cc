#include "repair/plan/remap.h"

#include "model/range_arithmetic.h"
#include "repair/errc.h"

#include <algorithm>
#include <map>

namespace helenus::repair {
namespace {

using model::replica_set;

replica_set inside(const replica_set& all, const std::set<std::string>& datacenters) {
  const auto outside = [&datacenters](const model::replica& replica) {
    return !datacenters.empty() && !datacenters.contains(replica.datacenter);
  };
  if (std::none_of(all->begin(), all->end(), outside)) return all;
  std::vector<model::replica> left;
  std::remove_copy_if(all->begin(), all->end(), std::back_inserter(left), outside);
  return std::make_shared<const std::vector<model::replica>>(std::move(left));
}

bool is_usable(const model::replica_range& home, model::token after, model::partitioner kind) {
  return home.replicas && !home.replicas->empty() &&
         home.range.contains(model::advance(after, 1, kind));
}

// Calls `visit` with the pieces of a range in the ring's ranges, in the order in which the range is
// walked. False when the ring has a gap there. Only what is walked is checked: there are many
// segments, and the ring is large.
template <class Visit>
bool for_each_piece(const model::token_range& range, const model::keyspace_ring& ring,
                    Visit visit) {
  if (ring.ranges.empty()) return false;
  const auto first = model::advance(range.start, 1, ring.kind);
  auto index = static_cast<std::size_t>(&model::find_range(ring, first) - ring.ranges.data());
  auto start = range.start;
  // A range that begins and ends inside one range of the ring may go all the way around to it.
  for (std::size_t step = 0; step <= ring.ranges.size(); ++step) {
    const auto& home = ring.ranges[index];
    if (!is_usable(home, start, ring.kind)) return false;
    const auto to_border = model::token_range{start, home.range.end}.span(ring.kind);
    const bool last = to_border >= model::token_range{start, range.end}.span(ring.kind);
    const auto end = last ? range.end : home.range.end;
    if (start == end) {
      // The whole ring of one token: a node refuses equal ends.
      for (const auto& half : model::split({start, end}, 2, ring.kind)) visit(half, home.replicas);
    } else {
      visit(model::token_range{start, end}, home.replicas);
    }
    if (last) return true;
    start = end;
    index = (index + 1) % ring.ranges.size();
  }
  return false;
}

}  // namespace

result<remapped_segment> remap_segment(const model::repair_segment& segment,
                                       const model::keyspace_ring& ring,
                                       const model::repair_unit& unit) {
  remapped_segment mapped;
  std::map<std::vector<model::replica>, std::size_t> groups;
  const model::token_range* bare = nullptr;
  for (const auto& range : segment.ranges) {
    const bool placed =
        for_each_piece(range, ring, [&](const model::token_range& piece, const replica_set& all) {
          const auto [group, fresh] = groups.try_emplace(*all, mapped.parts.size());
          if (fresh) {
            mapped.parts.push_back({{}, inside(all, unit.datacenters)});
            if (mapped.parts.back().replicas->empty()) bare = &range;
          }
          mapped.parts[group->second].ranges.push_back(piece);
        });
    if (!placed) {
      return error{errc::ring_inconsistent, "the ranges of keyspace " + unit.keyspace +
                                                " do not cover " + range.to_string() +
                                                ", or have no replica there"};
    }
  }
  if (bare) {
    return error{errc::unknown_datacenter, "range " + bare->to_string() + " of keyspace " +
                                               unit.keyspace +
                                               " has no replica in the datacenters to repair"};
  }
  mapped.fits = mapped.parts.size() == 1 && mapped.parts.front().ranges == segment.ranges;
  return mapped;
}

}  // namespace helenus::repair
