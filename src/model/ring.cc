#include "model/ring.h"

#include "base/assert.h"

#include <algorithm>

namespace helenus::model {

bool is_complete(const keyspace_ring& ring) {
  const auto& ranges = ring.ranges;
  for (std::size_t index = 0; index < ranges.size(); ++index) {
    const bool last = index + 1 == ranges.size();
    const auto& next = ranges[last ? 0 : index + 1].range;
    if (ranges[index].range.end != next.start || ranges[index].range.wraps() != last) return false;
    if (!ranges[index].replicas || ranges[index].replicas->empty()) return false;
  }
  return !ranges.empty();
}

namespace {

// The last range that starts before the token; the one that wraps when there is none.
template <class Before>
const replica_range& last_before(const keyspace_ring& ring, Before before) {
  HELENUS_ASSERT(!ring.ranges.empty());
  const auto after = std::partition_point(ring.ranges.begin(), ring.ranges.end(), before);
  return after == ring.ranges.begin() ? ring.ranges.back() : *(after - 1);
}

}  // namespace

const replica_range& find_range(const keyspace_ring& ring, token position) {
  return last_before(ring,
                     [position](const replica_range& one) { return one.range.start < position; });
}

const replica_range* find_enclosing(const keyspace_ring& ring, const token_range& inner) {
  // Its first token is the one after its start.
  const auto& home = last_before(
      ring, [&inner](const replica_range& one) { return one.range.start <= inner.start; });
  return home.range.encloses(inner) ? &home : nullptr;
}

}  // namespace helenus::model
