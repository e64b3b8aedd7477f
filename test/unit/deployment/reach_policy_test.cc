#include "deployment/reach_policy.h"

#include <gtest/gtest.h>

namespace helenus::deployment {
namespace {

model::node node_of(std::string datacenter, std::uint8_t id) {
  model::node made;
  made.address = "10.0.0." + std::to_string(id);
  made.datacenter = std::move(datacenter);
  made.id = model::host_id(base::uuid({id}));
  return made;
}

TEST(reach_policy, reaches_every_node_when_nothing_limits_it) {
  const reach_policy everything;
  EXPECT_FALSE(everything.is_limited());
  EXPECT_TRUE(everything.may_call(node_of("dc1", 1)));
}

TEST(reach_policy, of_a_datacenter_leaves_the_others_alone) {
  const auto policy = reach_policy::of_datacenter("dc1");
  EXPECT_TRUE(policy.is_limited());
  EXPECT_TRUE(policy.may_call(node_of("dc1", 1)));
  EXPECT_FALSE(policy.may_call(node_of("dc2", 2)));
}

TEST(reach_policy, of_a_node_follows_its_host_id_to_another_address) {
  const auto policy = reach_policy::of_node(model::host_id(base::uuid({7})));
  EXPECT_TRUE(policy.is_limited());
  auto node = node_of("dc1", 7);
  EXPECT_TRUE(policy.may_call(node));
  node.address = "10.9.9.9";
  EXPECT_TRUE(policy.may_call(node));
  EXPECT_FALSE(policy.may_call(node_of("dc1", 8)));
  node.id.reset();
  EXPECT_FALSE(policy.may_call(node));
}

}  // namespace
}  // namespace helenus::deployment
