#include "repair/plan/segment_planner.h"

#include "model/range_arithmetic.h"
#include "repair/errc.h"
#include "support/fake_ring.h"

#include <boost/multiprecision/cpp_int.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace helenus::repair {
namespace {

using model::token;
using model::token_range;
using wide = boost::multiprecision::int256_t;

constexpr auto murmur3 = model::partitioner::murmur3;

model::keyspace_ring ring_of(std::vector<test::datacenter_layout> datacenters, int tokens,
                             test::replication copies, model::partitioner kind = murmur3,
                             std::uint64_t seed = 1) {
  test::ring_layout layout;
  layout.datacenters = std::move(datacenters);
  layout.tokens_per_node = tokens;
  layout.kind = kind;
  layout.seed = seed;
  return test::place_keyspace(test::make_ring(layout), copies);
}

model::repair_unit some_unit() {
  model::repair_unit unit;
  unit.keyspace = "shop";
  return unit;
}

planner_options per_node(int segments) {
  planner_options options;
  options.segments_per_node = segments;
  return options;
}

model::uint128 span_of(const segment_plan& plan, model::partitioner kind) {
  model::uint128 total = 0;
  for (const auto& segment : plan.segments) {
    for (const auto& range : segment.ranges) total += range.span(kind);
  }
  return total;
}

std::vector<token_range> sorted_ranges(const segment_plan& plan) {
  std::vector<token_range> all;
  for (const auto& segment : plan.segments) {
    all.insert(all.end(), segment.ranges.begin(), segment.ranges.end());
  }
  std::sort(all.begin(), all.end());
  return all;
}

// What must hold for every plan of a whole ring. Written without the planner's own means.
void expect_sound(const segment_plan& plan, const model::keyspace_ring& ring) {
  const auto ranges = sorted_ranges(plan);
  EXPECT_EQ(model::merge(ranges, ring.kind).size(), 1u);
  EXPECT_EQ(model::merge(ranges, ring.kind)[0].start, model::minimum_token(ring.kind));
  EXPECT_TRUE(span_of(plan, ring.kind) == model::ring_size(ring.kind));
  for (const auto& segment : plan.segments) {
    for (const auto& range : segment.ranges) {
      EXPECT_NE(range.start, range.end);
      const auto home = std::find_if(
          ring.ranges.begin(), ring.ranges.end(),
          [&range](const model::replica_range& one) { return one.range.encloses(range); });
      ASSERT_NE(home, ring.ranges.end()) << range.to_string();
      EXPECT_EQ(*home->replicas, *segment.replicas);
    }
  }
}

TEST(segment_planner_test, the_worked_example_of_three_single_tokens) {
  model::keyspace_ring ring;
  ring.release_version = "4.0.11";
  ring.tokens = {*token::parse("-9223372036854775808", murmur3),
                 *token::parse("-3074457345618258603", murmur3),
                 *token::parse("3074457345618258602", murmur3)};
  const auto set = std::make_shared<const std::vector<model::replica>>(
      std::vector<model::replica>{{"10.0.0.1", "dc1"}, {"10.0.0.2", "dc1"}, {"10.0.0.3", "dc1"}});
  for (std::size_t index = 0; index < 3; ++index) {
    ring.ranges.push_back({{ring.tokens[index], ring.tokens[(index + 1) % 3]}, set});
  }
  const auto plan = *plan_segments(ring, some_unit(), per_node(4));
  EXPECT_EQ(plan.segments.size(), 13u);  // 4, 4 and, because the rest rounds up, 5
  EXPECT_EQ(plan.segments[0].ranges[0].to_string(), "(-9223372036854775808,-7686143364045646507]");
  EXPECT_EQ(plan.segments[3].ranges[0].to_string(), "(-4611686018427387905,-3074457345618258603]");
  EXPECT_EQ(plan.segments[12].ranges[0].end, ring.tokens[0]);
  expect_sound(plan, ring);
}

// Subdivision as the reference describes it, with numbers that can not overflow.
std::vector<std::pair<wide, wide>> subdivided(const model::keyspace_ring& ring, int count) {
  const auto number = [](token value) { return wide(value.to_string()); };
  const auto size = wide(1) << (ring.kind == murmur3 ? 64 : 127);
  const auto highest = number(model::maximum_token(ring.kind));
  std::vector<std::pair<wide, wide>> pieces;
  for (std::size_t index = 0; index < ring.tokens.size(); ++index) {
    const auto start = number(ring.tokens[index]);
    auto span = number(ring.tokens[(index + 1) % ring.tokens.size()]) - start;
    if (span <= 0) span += size;
    const wide parts = (span * count + size - 1) / size;
    const auto border = [&](const wide& j) -> wide {
      const wide place = start + span * j / parts;
      return place > highest ? wide(place - size) : place;
    };
    for (wide j = 0; j < parts; ++j) pieces.emplace_back(border(j), border(j + 1));
  }
  return pieces;
}

TEST(segment_planner_test, subdivision_cuts_where_the_reference_cuts) {
  for (const auto kind : {murmur3, model::partitioner::random}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const auto ring = ring_of({{"dc1", 6, 3}}, 4, {{"dc1", 3}}, kind, seed);
      const auto plan = *plan_segments(ring, some_unit(), per_node(64));
      const auto expected = subdivided(ring, 6 * 64);
      ASSERT_EQ(plan.segments.size(), expected.size());
      for (std::size_t index = 0; index < expected.size(); ++index) {
        ASSERT_EQ(plan.segments[index].ranges.size(), 1u);
        const auto& range = plan.segments[index].ranges[0];
        EXPECT_EQ(wide(range.start.to_string()), expected[index].first);
        EXPECT_EQ(wide(range.end.to_string()), expected[index].second);
      }
      expect_sound(plan, ring);
    }
  }
}

TEST(segment_planner_test, coalescing_fills_segments_of_one_replica_set_up_to_the_target) {
  const auto ring = ring_of({{"dc1", 4, 1}}, 256, {{"dc1", 3}});
  const auto plan = *plan_segments(ring, some_unit(), per_node(64));
  expect_sound(plan, ring);
  EXPECT_GE(plan.segments.size(), 256u);
  EXPECT_LT(plan.segments.size(), 400u);
  const auto target = (model::ring_size(murmur3) - 1) / 256;
  std::map<std::vector<model::replica>, const planned_segment*> last;
  for (const auto& segment : plan.segments) {
    model::uint128 size = 0;
    for (const auto& range : segment.ranges) size += range.span(murmur3);
    EXPECT_TRUE(size <= target || segment.ranges.size() == 1);
    // No segment could have taken the first range of the next one of its set.
    auto& before = last[*segment.replicas];
    if (before) {
      model::uint128 filled = segment.ranges[0].span(murmur3);
      for (const auto& range : before->ranges) filled += range.span(murmur3);
      EXPECT_TRUE(filled > target);
    }
    before = &segment;
  }
}

TEST(segment_planner_test, a_new_replica_set_begins_with_an_empty_segment) {
  // Two sets whose ranges alternate.
  const auto one = std::make_shared<const std::vector<model::replica>>(
      std::vector<model::replica>{{"10.0.0.1", "dc1"}});
  const auto two = std::make_shared<const std::vector<model::replica>>(
      std::vector<model::replica>{{"10.0.0.2", "dc1"}});
  model::keyspace_ring ring;
  ring.kind = model::partitioner::random;
  const auto step = static_cast<model::int128>(model::ring_size(ring.kind) / 8);
  for (int index = 0; index < 8; ++index) ring.tokens.emplace_back(step * index);
  for (std::size_t index = 0; index < 8; ++index) {
    ring.ranges.push_back(
        {{ring.tokens[index], ring.tokens[(index + 1) % 8]}, index % 2 == 0 ? one : two});
  }
  // Two nodes, one segment each: the target is one token less than four ranges.
  const auto plan = *plan_segments(ring, some_unit(), per_node(1));
  ASSERT_EQ(plan.segments.size(), 4u);
  EXPECT_EQ(plan.segments[0].ranges.size(), plan.segments[2].ranges.size());
  EXPECT_EQ(plan.segments[1].ranges.size(), plan.segments[3].ranges.size());
  expect_sound(plan, ring);
}

TEST(segment_planner_test, tokens_and_wanted_segments_decide_between_the_two_ways) {
  const auto coalesces = [](int tokens, int segments) {
    const auto ring = ring_of({{"dc1", 8, 1}}, tokens, {{"dc1", 8}});
    const auto plan = *plan_segments(ring, some_unit(), per_node(segments));
    return std::any_of(plan.segments.begin(), plan.segments.end(),
                       [](const planned_segment& one) { return one.ranges.size() > 1; });
  };
  EXPECT_FALSE(coalesces(1, 64));
  EXPECT_FALSE(coalesces(16, 64));
  EXPECT_TRUE(coalesces(16, 16));
  EXPECT_TRUE(coalesces(256, 64));
  EXPECT_FALSE(coalesces(256, 300));
}

TEST(segment_planner_test, old_versions_and_the_option_subdivide) {
  auto ring = ring_of({{"dc1", 3, 1}}, 256, {{"dc1", 3}});
  const auto most_ranges = [&](planner_options options) {
    std::size_t most = 0;
    const auto plan = *plan_segments(ring, some_unit(), options);
    for (const auto& one : plan.segments) {
      most = std::max(most, one.ranges.size());
    }
    return most;
  };
  EXPECT_GT(most_ranges(per_node(1)), 100u);
  auto limited = per_node(1);
  limited.max_ranges_per_segment = 10;
  EXPECT_EQ(most_ranges(limited), 10u);
  auto off = per_node(1);
  off.coalesce = false;
  EXPECT_EQ(most_ranges(off), 1u);
  ring.release_version = "2.1.22";
  EXPECT_EQ(most_ranges(per_node(1)), 1u);
}

TEST(segment_planner_test, only_nodes_that_replicate_the_keyspace_count) {
  const std::vector<test::datacenter_layout> both{{"dc1", 3, 1}, {"dc2", 3, 1}};
  const auto one = ring_of(both, 16, {{"dc1", 3}});
  const auto two = ring_of(both, 16, {{"dc1", 3}, {"dc2", 3}});
  const auto segments = [](const model::keyspace_ring& ring) {
    return static_cast<double>(plan_segments(ring, some_unit(), per_node(640))->segments.size());
  };
  EXPECT_NEAR(segments(two) / segments(one), 2, 0.1);
}

TEST(segment_planner_test, a_ring_of_one_token_is_cut_because_no_node_takes_equal_ends) {
  const auto ring = ring_of({{"dc1", 1, 1}}, 1, {{"dc1", 1}});
  for (const int count : {1, 2, 7}) {
    const auto plan = *plan_segments(ring, some_unit(), per_node(count));
    expect_sound(plan, ring);
    EXPECT_EQ(sorted_ranges(plan).size(), static_cast<std::size_t>(std::max(2, count)));
  }
}

TEST(segment_planner_test, a_nodes_filter_keeps_what_they_replicate) {
  const auto ring = ring_of({{"dc1", 6, 1}}, 8, {{"dc1", 3}});
  for (const int segments : {4, 64}) {
    auto unit = some_unit();
    unit.nodes = {"10.1.0.2", "10.1.0.77"};
    const auto plan = *plan_segments(ring, unit, per_node(segments));
    EXPECT_EQ(plan.absent_nodes, std::vector<std::string>{"10.1.0.77"});
    model::uint128 expected = 0;
    for (const auto& range : ring.ranges) {
      const auto here = [](const model::replica& one) { return one.address == "10.1.0.2"; };
      if (std::any_of(range.replicas->begin(), range.replicas->end(), here)) {
        expected += range.range.span(murmur3);
      }
    }
    EXPECT_TRUE(span_of(plan, murmur3) == expected);
    for (const auto& segment : plan.segments) {
      EXPECT_TRUE(std::any_of(segment.replicas->begin(), segment.replicas->end(),
                              [](const auto& one) { return one.address == "10.1.0.2"; }));
    }
  }
}

TEST(segment_planner_test, a_datacenter_filter_leaves_its_replicas_and_all_ranges) {
  const auto ring = ring_of({{"dc1", 3, 1}, {"dc2", 3, 1}}, 16, {{"dc1", 3}, {"dc2", 2}});
  auto unit = some_unit();
  unit.datacenters = {"dc2", "dc9"};
  const auto plan = *plan_segments(ring, unit, per_node(8));
  EXPECT_EQ(plan.absent_datacenters, std::vector<std::string>{"dc9"});
  EXPECT_EQ(model::merge(sorted_ranges(plan), murmur3).size(), 1u);
  for (const auto& segment : plan.segments) {
    EXPECT_EQ(segment.replicas->size(), 2u);
    EXPECT_EQ(segment.replicas->front().datacenter, "dc2");
  }
}

TEST(segment_planner_test, names_that_fit_nothing_are_errors_that_name_them) {
  const auto ring = ring_of({{"dc1", 3, 1}}, 16, {{"dc1", 3}});
  auto unit = some_unit();
  unit.nodes = {"10.9.9.9", "10.9.9.8"};
  auto refused = plan_segments(ring, unit, {});
  EXPECT_EQ(refused.error().code, errc::unknown_node);
  EXPECT_EQ(refused.error().detail, "keyspace shop has no replica at 10.9.9.8, 10.9.9.9");
  unit.nodes.clear();
  unit.datacenters = {"dc7"};
  EXPECT_EQ(plan_segments(ring, unit, {}).error().code, errc::unknown_datacenter);
  EXPECT_EQ(plan_segments(ring, some_unit(), per_node(-1)).error().code, errc::invalid_request);
}

TEST(segment_planner_test, a_ring_with_a_gap_or_a_bare_range_is_not_planned) {
  auto gap = ring_of({{"dc1", 3, 1}}, 16, {{"dc1", 3}});
  gap.ranges.erase(gap.ranges.begin() + 5);
  EXPECT_EQ(plan_segments(gap, some_unit(), {}).error().code, errc::ring_inconsistent);
  EXPECT_TRUE(base::is_transient(plan_segments(gap, some_unit(), {}).error()));
  const auto nowhere = ring_of({{"dc1", 3, 1}}, 16, {});
  EXPECT_FALSE(plan_segments(nowhere, some_unit(), {}).has_value());
  auto bare = ring_of({{"dc1", 3, 1}}, 16, {{"dc1", 3}});
  bare.ranges[5].replicas = nullptr;
  EXPECT_EQ(plan_segments(bare, some_unit(), {}).error().code, errc::ring_inconsistent);
}

TEST(segment_planner_test, a_keyspace_without_replicas_has_nothing_to_repair) {
  const auto nowhere = ring_of({{"dc1", 3, 1}}, 16, {});
  const auto outcome = plan_segments(nowhere, some_unit(), {});
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, errc::nothing_to_repair);
  EXPECT_NE(outcome.error().message().find("no replica on any node"), std::string::npos);
}

TEST(segment_planner_test, every_plan_of_many_invented_rings_covers_the_ring_exactly_once) {
  std::mt19937_64 source(3);
  for (int round = 0; round < 60; ++round) {
    const auto kind = round % 2 == 0 ? murmur3 : model::partitioner::random;
    const int nodes = static_cast<int>(source() % 9 + 1);
    const int racks = static_cast<int>(source() % 3 + 1);
    const int tokens = static_cast<int>(source() % 20 + 1);
    const int copies = static_cast<int>(source() % 3 + 1);
    const int segments = static_cast<int>(source() % 40 + 1);
    const auto ring =
        ring_of({{"dc1", nodes, racks}, {"dc2", 2, 1}}, tokens, {{"dc1", copies}}, kind, source());
    const auto plan = plan_segments(ring, some_unit(), per_node(segments));
    ASSERT_TRUE(plan.has_value()) << plan.error().message();
    expect_sound(*plan, ring);
  }
}

}  // namespace
}  // namespace helenus::repair
