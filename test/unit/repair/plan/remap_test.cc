#include "repair/plan/remap.h"

#include "model/range_arithmetic.h"
#include "repair/errc.h"
#include "support/fake_ring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace helenus::repair {
namespace {

using model::token_range;

struct world {
  explicit world(std::uint64_t seed, model::partitioner kind = model::partitioner::murmur3) {
    test::ring_layout layout;
    layout.datacenters = {{"dc1", 6, 1}, {"dc2", 3, 1}};
    layout.tokens_per_node = 4;
    layout.seed = seed;
    layout.kind = kind;
    ring = test::make_ring(layout);
  }
  model::keyspace_ring placed() const {
    return test::place_keyspace(ring, {{"dc1", 3}, {"dc2", 2}});
  }
  model::ring ring;
};

model::repair_unit some_unit() {
  model::repair_unit unit;
  unit.keyspace = "shop";
  return unit;
}

model::repair_segment stored(const planned_segment& planned) {
  model::repair_segment segment;
  segment.ranges = planned.ranges;
  segment.replicas = planned.replicas;
  return segment;
}

void expect_same_tokens(const std::vector<token_range>& before,
                        const std::vector<planned_segment>& after, model::partitioner kind) {
  std::vector<token_range> pieces;
  model::uint128 span_before = 0;
  model::uint128 span_after = 0;
  for (const auto& range : before) span_before += range.span(kind);
  for (const auto& part : after) {
    pieces.insert(pieces.end(), part.ranges.begin(), part.ranges.end());
    for (const auto& range : part.ranges) span_after += range.span(kind);
  }
  EXPECT_TRUE(span_before == span_after);
  EXPECT_EQ(model::merge(before, kind), model::merge(pieces, kind));
}

TEST(remap_test, a_segment_fits_while_the_ring_is_the_same) {
  const auto ring = world(1).placed();
  for (const int segments : {1, 4, 64}) {
    const auto plan = *plan_segments(ring, some_unit(), {segments, true});
    for (const auto& planned : plan.segments) {
      const auto mapped = *remap_segment(stored(planned), ring, some_unit());
      EXPECT_TRUE(mapped.fits);
      ASSERT_EQ(mapped.parts.size(), 1u);
      EXPECT_EQ(mapped.parts[0], planned);
    }
  }
}

TEST(remap_test, parts_cover_the_same_tokens_after_any_change_of_the_members) {
  std::mt19937_64 source(5);
  for (int round = 0; round < 30; ++round) {
    const auto kind = round % 2 == 0 ? model::partitioner::murmur3 : model::partitioner::random;
    world changed(source(), kind);
    const auto before = changed.placed();
    auto& nodes = changed.ring.nodes;
    switch (round % 3) {
      case 0:  // a node joins
        nodes.push_back(nodes[0]);
        nodes.back().address = "10.1.9.9";
        for (auto& place : nodes.back().tokens) {
          place = test::make_token(kind, source(), source());
        }
        break;
      case 1:  // a node leaves
        nodes.erase(nodes.begin() + static_cast<int>(source() % nodes.size()));
        break;
      case 2:  // a node is replaced
        nodes[source() % nodes.size()].address = "10.1.9.9";
        break;
    }
    test::collect_tokens(changed.ring);
    const auto after = changed.placed();
    for (const int segments : {1, 20}) {
      const auto plan = *plan_segments(before, some_unit(), {segments, true});
      for (const auto& planned : plan.segments) {
        const auto mapped = remap_segment(stored(planned), after, some_unit());
        ASSERT_TRUE(mapped.has_value()) << mapped.error().message();
        expect_same_tokens(planned.ranges, mapped->parts, kind);
        for (const auto& part : mapped->parts) {
          for (const auto& range : part.ranges) {
            const auto* home = model::find_enclosing(after, range);
            ASSERT_NE(home, nullptr) << range.to_string();
            EXPECT_EQ(*home->replicas, *part.replicas);
          }
        }
        for (std::size_t index = 1; index < mapped->parts.size(); ++index) {
          EXPECT_NE(*mapped->parts[index].replicas, *mapped->parts[index - 1].replicas);
        }
        EXPECT_EQ(mapped->fits,
                  mapped->parts.size() == 1 && mapped->parts.front().ranges == planned.ranges);
      }
    }
  }
}

TEST(remap_test, a_new_address_changes_the_replicas_and_not_the_ranges) {
  world changed(1);
  const auto before = changed.placed();
  changed.ring.nodes[2].address = "10.1.9.9";
  const auto after = changed.placed();
  int moved = 0;
  const auto plan = *plan_segments(before, some_unit(), {1, true});
  for (const auto& planned : plan.segments) {
    const auto mapped = *remap_segment(stored(planned), after, some_unit());
    EXPECT_TRUE(mapped.fits);
    if (*mapped.parts[0].replicas != *planned.replicas) ++moved;
  }
  EXPECT_GT(moved, 0);
}

TEST(remap_test, pieces_without_a_replica_in_the_datacenters_are_an_error) {
  const world now(1);
  auto unit = some_unit();
  unit.datacenters = {"dc2"};
  const auto planned = plan_segments(now.placed(), unit, {1, true})->segments.front();
  EXPECT_EQ(remap_segment(stored(planned), now.placed(), unit)->parts[0].replicas->size(), 2u);
  const auto without = test::place_keyspace(now.ring, {{"dc1", 3}});
  EXPECT_EQ(remap_segment(stored(planned), without, unit).error().code, errc::unknown_datacenter);
}

TEST(remap_test, a_gap_in_the_ring_where_the_segment_lies_is_refused) {
  const auto ring = world(1).placed();
  const auto plan = *plan_segments(ring, some_unit(), {1, true});
  const auto& planned = plan.segments.front();
  const auto refused = [&](const model::keyspace_ring& broken) {
    const auto mapped = remap_segment(stored(planned), broken, some_unit());
    return !mapped.has_value() && mapped.error().code == errc::ring_inconsistent;
  };
  for (std::size_t index = 0; index < ring.ranges.size(); ++index) {
    const auto lost = ring.ranges[index].range;
    const bool ours =
        std::find(planned.ranges.begin(), planned.ranges.end(), lost) != planned.ranges.end();
    auto gap = ring;
    gap.ranges.erase(gap.ranges.begin() + static_cast<std::ptrdiff_t>(index));
    EXPECT_EQ(refused(gap), ours) << lost.to_string();
    auto nobody = ring;
    nobody.ranges[index].replicas = std::make_shared<const std::vector<model::replica>>();
    EXPECT_EQ(refused(nobody), ours) << lost.to_string();
  }
  EXPECT_TRUE(refused({}));
}

TEST(remap_test, a_stored_whole_ring_is_cut) {
  test::ring_layout layout;
  layout.datacenters = {{"dc1", 1, 1}};
  layout.tokens_per_node = 1;
  const auto ring = test::place_keyspace(test::make_ring(layout), {{"dc1", 1}});
  model::repair_segment segment;
  segment.ranges = {ring.ranges[0].range};
  const auto mapped = *remap_segment(segment, ring, some_unit());
  EXPECT_FALSE(mapped.fits);
  EXPECT_EQ(mapped.parts[0].ranges.size(), 2u);
  expect_same_tokens(segment.ranges, mapped.parts, ring.kind);
}

}  // namespace
}  // namespace helenus::repair
