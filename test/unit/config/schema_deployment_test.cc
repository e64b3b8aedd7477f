#include "unit/config/parsed_text.h"

namespace helenus::config {
namespace {

using enum datacenter_availability;

constexpr std::string_view shared = "storageType: cassandra\ncassandra: {contactPoints: [h]}\n";

settings with_shared_storage(std::string_view more) {
  return made(std::string(shared) + std::string(more));
}

TEST(schema_deployment_test, the_mode_is_one_of_reapers_in_any_case) {
  EXPECT_EQ(made("").deployment.availability, all);
  EXPECT_EQ(made("datacenterAvailability: all").deployment.availability, all);
  EXPECT_EQ(made("datacenterAvailability: Local").deployment.availability, local);
  EXPECT_EQ(with_shared_storage("datacenterAvailability: EACH").deployment.availability, each);
  EXPECT_EQ(with_shared_storage("datacenterAvailability: sidecar").deployment.availability,
            sidecar);
  EXPECT_EQ(complaint("datacenterAvailability: SOME"),
            "f:1: datacenterAvailability: \"SOME\": accepted: ALL LOCAL EACH SIDECAR\n");
  for (const auto mode : {all, local, each, sidecar}) {
    const auto text = "datacenterAvailability: " + std::string(to_text(mode));
    EXPECT_EQ(with_shared_storage(text).deployment.availability, mode);
  }
}

TEST(schema_deployment_test, a_mode_that_leaves_nodes_to_others_needs_storage_that_they_share) {
  for (const std::string mode : {"EACH", "sidecar"}) {
    EXPECT_EQ(complaint("# line 1\ndatacenterAvailability: " + mode),
              "f:2: datacenterAvailability: \"" + mode +
                  "\": each instance leaves nodes to others and has to share its state with them: "
                  "storageType cassandra is needed; accepted with this storage: ALL, LOCAL\n");
  }
}

TEST(schema_deployment_test, a_sidecar_finds_its_node_on_its_own_machine_unless_it_is_told) {
  EXPECT_EQ(made("").deployment.local_node, "127.0.0.1");
  EXPECT_EQ(made("enforcedLocalNode: \"\"").deployment.local_node, "127.0.0.1");
  const auto told = with_shared_storage(
      "datacenterAvailability: SIDECAR\nenforcedLocalNode: 10.0.0.7\n"
      "enforcedLocalClusterName: Shop\n");
  EXPECT_EQ(told.deployment.local_node, "10.0.0.7");
  EXPECT_EQ(told.deployment.local_cluster, "Shop");
  EXPECT_TRUE(told.not_used.empty());
}

TEST(schema_deployment_test, the_own_datacenter_is_that_of_storage_unless_it_is_told) {
  const std::string storage =
      "storageType: cassandra\n"
      "cassandra: {contactPoints: [h], loadBalancingPolicy: {localDataCenter: dc1}}\n";
  EXPECT_EQ(made("").deployment.local_datacenter, "");
  EXPECT_EQ(made(storage).deployment.local_datacenter, "dc1");
  EXPECT_EQ(made(storage + "enforcedLocalDatacenter: dc2").deployment.local_datacenter, "dc2");
}

}  // namespace
}  // namespace helenus::config
