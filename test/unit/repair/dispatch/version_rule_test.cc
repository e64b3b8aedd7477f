#include "repair/dispatch/version_rule.h"

#include "support/fake_ring.h"

#include <gtest/gtest.h>

namespace helenus::repair {
namespace {

model::ring three_nodes() {
  test::ring_layout layout;
  layout.datacenters.front().nodes = 3;
  return test::make_ring(layout);
}

TEST(version_rule_test, nodes_of_one_protocol_repair_each_other) {
  auto ring = three_nodes();
  EXPECT_EQ(mixed_versions(ring), std::nullopt);
  for (auto& node : ring.nodes) node.messaging_version = 12;
  ring.nodes[0].release_version = "4.0.13";
  ring.nodes[1].release_version = "4.1.3";
  EXPECT_EQ(mixed_versions(ring), std::nullopt) << "5.0 may speak the protocol of 4.0, too";
}

TEST(version_rule_test, different_protocols_are_named_with_a_node_each) {
  auto ring = three_nodes();
  for (auto& node : ring.nodes) node.messaging_version = 12;
  ring.nodes[1].messaging_version = 11;
  ring.nodes[1].release_version = "3.11.19";
  EXPECT_EQ(mixed_versions(ring),
            "nodes of different versions can not stream to each other: "
            "3.11.19 on " +
                ring.nodes[1].address + ", 5.0.9 on " + ring.nodes[0].address + " and 1 more");
}

TEST(version_rule_test, without_a_protocol_in_gossip_the_major_version_counts) {
  auto ring = three_nodes();
  ring.nodes[2].release_version = "5.1.0";
  EXPECT_EQ(mixed_versions(ring), std::nullopt);
  ring.nodes[2].release_version = "4.1.3";
  EXPECT_TRUE(mixed_versions(ring).has_value());
}

TEST(version_rule_test, who_has_no_tokens_or_is_not_known_yet_does_not_count) {
  auto ring = three_nodes();
  ring.nodes[1].release_version.clear();
  ring.nodes[2].release_version = "3.11.19";
  ring.nodes[2].tokens.clear();
  EXPECT_EQ(mixed_versions(ring), std::nullopt);
}

}  // namespace
}  // namespace helenus::repair
