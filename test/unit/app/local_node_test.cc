#include "app/local_node.h"

#include "management/errc.h"
#include "storage/memory/backend.h"
#include "support/fake_cluster.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

/// Every address leads to the first node, as beside a node.
class beside_the_first final : public management::node_connector {
 public:
  explicit beside_the_first(test::fake_cluster& world) : world_(world) {}
  std::shared_ptr<management::node_client> client(const model::cluster& cluster,
                                                  const model::node_address&) override {
    return world_.client(cluster, world_.node(0).address());
  }
  void learn(const model::cluster& cluster, const model::ring& ring) override {
    world_.learn(cluster, ring);
  }
  void forget(const std::string& cluster_name) override { world_.forget(cluster_name); }
  task<void> close_all() override { co_return result<void>{}; }

 private:
  test::fake_cluster& world_;
};

class local_node_test : public ::testing::Test {
 protected:
  result<management::node_identity> find() {
    return test::run(context, clock,
                     find_local_node(clock, {.host = "127.0.0.1", .cluster = {}, .jmx_port = 7100},
                                     connector, clusters));
  }
  std::vector<model::cluster> registered() {
    return test::run(context, clock, clusters.all()).value();
  }

  boost::asio::io_context context;
  base::virtual_clock clock;
  test::fake_cluster world{context.get_executor(), clock, {}};
  beside_the_first connector{world};
  storage::memory::backend storage;
  cluster::cluster_service clusters{context.get_executor(), clock, storage, connector, {}};
};

TEST_F(local_node_test, is_found_and_its_cluster_registered_by_addresses_that_others_can_use) {
  const auto found = find();
  ASSERT_TRUE(found.has_value()) << found.error().message();
  EXPECT_EQ(found->id, world.node(0).id());
  ASSERT_EQ(registered().size(), 1U);
  const auto cluster = registered().front();
  EXPECT_EQ(cluster.name, model::symbolic_name(found->cluster_name));
  EXPECT_EQ(cluster.jmx_port, 7100);
  EXPECT_EQ(cluster.seed_hosts.size(), world.size());
  EXPECT_EQ(std::count(cluster.seed_hosts.begin(), cluster.seed_hosts.end(), "127.0.0.1"), 0);
}

TEST_F(local_node_test, a_cluster_that_is_registered_is_left_as_it_is) {
  ASSERT_TRUE(find().has_value());
  auto changed = registered().front();
  changed.seed_hosts = {"10.9.9.9"};
  ASSERT_TRUE(test::run(context, clock, clusters.update(changed)).has_value());
  ASSERT_TRUE(find().has_value());
  EXPECT_EQ(registered().front().seed_hosts, changed.seed_hosts);
}

TEST_F(local_node_test, a_node_that_does_not_answer_is_named) {
  world.node(0).kill();
  const auto found = find();
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, management::errc::node_unreachable);
  EXPECT_NE(found.error().message().find("local node 127.0.0.1"), std::string::npos)
      << found.error().message();
  world.node(0).start();
  EXPECT_TRUE(find().has_value());
}

TEST_F(local_node_test, is_worked_beside_only_when_it_is_in_the_ring) {
  for (const auto* const mode : {"STARTING", "JOINING", "JOINING_FAILED"}) {
    world.node(0).set_operation_mode(mode);
    const auto found = find();
    ASSERT_FALSE(found.has_value()) << mode;
    EXPECT_NE(found.error().message().find(mode), std::string::npos) << found.error().message();
    EXPECT_TRUE(registered().empty()) << "by what it knows others could not be found";
  }
  for (const auto* const mode : {"NORMAL", "LEAVING", "MOVING"}) {
    world.node(0).set_operation_mode(mode);
    EXPECT_TRUE(find().has_value()) << mode;
  }
}

}  // namespace
}  // namespace helenus::app
