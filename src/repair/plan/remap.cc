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

// The pieces of a range in the ring's ranges, in the order in which the range is walked.
template <class Visit>
void for_each_piece(const model::token_range& range, const model::keyspace_ring& ring,
                    Visit visit) {
  const auto* home = model::find_enclosing(ring, range);
  if (home && range.start != range.end) return visit(range, home->replicas);
  auto index = static_cast<std::size_t>(
      &model::find_range(ring, model::advance(range.start, 1, ring.kind)) - ring.ranges.data());
  auto start = range.start;
  while (true) {
    const auto& next = ring.ranges[index];
    const model::token_range rest{start, range.end};
    // The rest ends in this range when the range's end is not passed on the way.
    const bool last =
        model::token_range{start, next.range.end}.span(ring.kind) >= rest.span(ring.kind);
    const auto end = last ? range.end : next.range.end;
    if (start == end) {
      // The whole ring of one token: a node refuses equal ends.
      for (const auto& half : model::split({start, end}, 2, ring.kind)) visit(half, next.replicas);
    } else {
      visit(model::token_range{start, end}, next.replicas);
    }
    if (last) return;
    start = end;
    index = (index + 1) % ring.ranges.size();
  }
}

}  // namespace

result<remapped_segment> remap_segment(const model::repair_segment& segment,
                                       const model::keyspace_ring& ring,
                                       const model::repair_unit& unit) {
  if (!model::is_complete(ring)) {
    return error{errc::ring_inconsistent, "the ranges of keyspace " + unit.keyspace +
                                              " do not cover the ring exactly, or some have no "
                                              "replica"};
  }
  remapped_segment mapped;
  std::map<std::vector<model::replica>, std::size_t> groups;
  const model::token_range* bare = nullptr;
  for (const auto& range : segment.ranges) {
    for_each_piece(range, ring, [&](const model::token_range& piece, const replica_set& all) {
      const auto [group, fresh] = groups.try_emplace(*all, mapped.parts.size());
      if (fresh) {
        mapped.parts.push_back({{}, inside(all, unit.datacenters)});
        if (mapped.parts.back().replicas->empty()) bare = &range;
      }
      mapped.parts[group->second].ranges.push_back(piece);
    });
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
