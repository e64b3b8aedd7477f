#include "repair/plan/replica_groups.h"

#include <gtest/gtest.h>

#include <memory>

namespace helenus::repair {
namespace {

model::replica_set set_of(std::vector<model::replica> replicas) {
  return std::make_shared<const std::vector<model::replica>>(std::move(replicas));
}

/// Four ranges: the first and the third have the same replicas, as sets of their own.
class replica_groups_test : public ::testing::Test {
 protected:
  replica_groups_test() {
    const auto maximum = model::maximum_token(model::partitioner::murmur3);
    const auto minimum = model::minimum_token(model::partitioner::murmur3);
    ring.tokens = {minimum, model::token(0), model::token(10), maximum};
    const auto ab = [] { return set_of({{"a", "dc1"}, {"b", "dc2"}}); };
    ring.ranges = {{{minimum, model::token(0)}, ab()},
                   {{model::token(0), model::token(10)}, set_of({{"b", "dc2"}, {"c", "dc2"}})},
                   {{model::token(10), maximum}, ab()},
                   {{maximum, minimum}, set_of({{"a", "dc1"}, {"c", "dc2"}})}};
  }

  model::keyspace_ring ring;
  model::repair_unit unit;
};

TEST_F(replica_groups_test, equal_sets_are_one_group_in_the_order_of_their_first_range) {
  const replica_groups groups(ring, unit);
  EXPECT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups.node_count(), 3U);
  EXPECT_EQ(groups.group_of(0), groups.group_of(2));
  EXPECT_EQ(groups.in_order(), (std::vector<std::uint32_t>{0, 2, 1, 3}));
}

TEST_F(replica_groups_test, ranges_that_none_of_the_units_nodes_replicates_are_left_out) {
  unit.nodes = {"a", "z"};
  const replica_groups groups(ring, unit);
  EXPECT_NE(groups.chosen(0), nullptr);
  EXPECT_EQ(groups.chosen(1), nullptr);
  EXPECT_EQ(groups.absent_nodes(), std::vector<model::node_address>{"z"});
}

TEST_F(replica_groups_test, only_replicas_of_the_units_datacenters_are_chosen) {
  unit.datacenters = {"dc2", "dc9"};
  const replica_groups groups(ring, unit);
  ASSERT_NE(groups.chosen(0), nullptr);
  EXPECT_EQ(*groups.chosen(0), (std::vector<model::replica>{{"b", "dc2"}}));
  EXPECT_EQ(groups.absent_datacenters(), std::vector<std::string>{"dc9"});
  EXPECT_EQ(groups.range_outside_datacenters(), nullptr);
}

TEST_F(replica_groups_test, a_range_without_a_replica_in_the_datacenters_is_told) {
  unit.datacenters = {"dc1"};
  const replica_groups groups(ring, unit);
  ASSERT_NE(groups.range_outside_datacenters(), nullptr);
  EXPECT_EQ(*groups.range_outside_datacenters(), ring.ranges[1].range);
}

}  // namespace
}  // namespace helenus::repair
