#include "repair/plan/node_share.h"

#include "repair/errc.h"
#include "support/fake_ring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace helenus::repair {
namespace {

struct world {
  world() {
    test::ring_layout layout;
    layout.datacenters = {{"dc1", 6, 1}, {"dc2", 3, 1}};
    layout.tokens_per_node = 4;
    ring = test::make_ring(layout);
    placed = test::place_keyspace(ring, {{"dc1", 3}, {"dc2", 2}});
    unit.keyspace = "shop";
  }
  const model::node& node_in(const std::string& datacenter) const {
    return *std::ranges::find(ring.nodes, datacenter, &model::node::datacenter);
  }
  model::ring ring;
  model::keyspace_ring placed;
  model::repair_unit unit;
};

bool has(const model::replica_set& replicas, const model::node_address& address) {
  return std::ranges::any_of(*replicas, [&](const auto& one) { return one.address == address; });
}

TEST(node_share_test, covers_what_the_node_replicates_and_takes_all_its_neighbours) {
  const world here;
  for (const auto& node : here.ring.nodes) {
    const auto share = *share_of(node.address, here.placed, here.unit);
    std::vector<model::token_range> expected;
    std::set<model::replica> together;
    for (const auto& each : here.placed.ranges) {
      if (!has(each.replicas, node.address)) continue;
      expected.push_back(each.range);
      together.insert(each.replicas->begin(), each.replicas->end());
    }
    EXPECT_EQ(share.ranges, expected);
    EXPECT_EQ(*share.participants, std::vector(together.begin(), together.end()));
  }
}

TEST(node_share_test, leaves_out_neighbours_that_the_unit_does_not_repair) {
  world here;
  here.unit.datacenters = {"dc2"};
  const auto share = *share_of(here.node_in("dc2").address, here.placed, here.unit);
  for (const auto& each : *share.participants) EXPECT_EQ(each.datacenter, "dc2");
  const auto refused = share_of(here.node_in("dc1").address, here.placed, here.unit);
  EXPECT_EQ(refused.error().code, errc::unknown_datacenter);
  EXPECT_NE(refused.error().message().find("dc1"), std::string::npos);
}

TEST(node_share_test, one_that_replicates_nothing_is_named) {
  const world here;
  const auto refused = share_of("10.9.9.9", here.placed, here.unit);
  EXPECT_EQ(refused.error().code, errc::ring_inconsistent);
  EXPECT_NE(refused.error().message().find("10.9.9.9"), std::string::npos);
}

TEST(node_share_test, the_ring_of_one_token_is_halved_since_a_node_refuses_equal_ends) {
  model::keyspace_ring ring;
  ring.tokens = {model::token(5)};
  ring.ranges = {
      {{model::token(5), model::token(5)},
       std::make_shared<const std::vector<model::replica>>(1, model::replica{"10.0.0.1", "dc1"})}};
  const auto share = *share_of("10.0.0.1", ring, {});
  ASSERT_EQ(share.ranges.size(), 2U);
  EXPECT_EQ(share.ranges[0].start, model::token(5));
  EXPECT_EQ(share.ranges[0].end, share.ranges[1].start);
  EXPECT_EQ(share.ranges[1].end, model::token(5));
}

}  // namespace
}  // namespace helenus::repair
