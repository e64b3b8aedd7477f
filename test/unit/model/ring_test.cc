#include "model/ring.h"

#include "support/fake_ring.h"

#include <gtest/gtest.h>

namespace helenus::model {
namespace {

keyspace_ring some_ring() {
  test::ring_layout layout;
  layout.datacenters = {{"dc1", 4, 1}};
  return test::place_keyspace(test::make_ring(layout), {{"dc1", 3}});
}

TEST(ring_test, a_ring_with_a_gap_or_without_replicas_is_not_complete) {
  const auto good = some_ring();
  EXPECT_TRUE(is_complete(good));
  auto gap = good;
  gap.ranges.erase(gap.ranges.begin() + 3);
  EXPECT_FALSE(is_complete(gap));
  auto cut = good;
  cut.ranges.pop_back();
  EXPECT_FALSE(is_complete(cut));
  auto nobody = good;
  nobody.ranges[2].replicas = std::make_shared<const std::vector<replica>>();
  EXPECT_FALSE(is_complete(nobody));
  nobody.ranges[2].replicas = nullptr;
  EXPECT_FALSE(is_complete(nobody));
  EXPECT_FALSE(is_complete({}));
}

TEST(ring_test, every_token_is_found_in_its_range) {
  const auto ring = some_ring();
  const auto low = minimum_token(ring.kind);
  for (const auto& range : ring.ranges) {
    EXPECT_EQ(&find_range(ring, range.range.end), &range);
    EXPECT_TRUE(find_range(ring, token(range.range.start.value() + 1)).range == range.range);
  }
  EXPECT_TRUE(find_range(ring, low).range.contains(low));
  EXPECT_TRUE(find_range(ring, maximum_token(ring.kind)).range.wraps());
}

TEST(ring_test, a_range_is_enclosed_unless_it_crosses_a_border) {
  const auto ring = some_ring();
  for (std::size_t index = 0; index < ring.ranges.size(); ++index) {
    const auto& range = ring.ranges[index];
    const auto& next = ring.ranges[(index + 1) % ring.ranges.size()];
    EXPECT_EQ(find_enclosing(ring, range.range), &range);
    EXPECT_EQ(find_enclosing(ring, {range.range.start, token(range.range.start.value() + 1)}),
              &range);
    EXPECT_EQ(find_enclosing(ring, {range.range.start, next.range.end}), nullptr);
    EXPECT_EQ(find_enclosing(ring, {range.range.end, range.range.start}), nullptr);
  }
}

}  // namespace
}  // namespace helenus::model
