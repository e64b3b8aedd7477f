#include "cluster/node_health.h"

#include "base/task_group.h"
#include "support/fake_cluster.h"
#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::cluster {
namespace {

using namespace std::chrono_literals;

class node_health_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  base::virtual_clock clock;
  test::fake_cluster world{context.get_executor(), clock, {}};
  deployment::reach_policy reach;
  std::shared_ptr<ring_view> view =
      std::make_shared<ring_view>(clock, world, world.registration(), cluster_options{}, reach);
  node_health health{context.get_executor(), clock, view, {}};
  base::task_group group{context.get_executor()};

  void SetUp() override {
    ASSERT_TRUE(test::run(context, clock, view->ring(60s)).has_value());
    group.spawn("health", health.run());
  }
  void TearDown() override {
    group.cancel();
    static_cast<void>(test::run(context, clock, group.join()));
  }
  model::node_address address(std::size_t index) { return world.node(index).address(); }
};

TEST_F(node_health_test, watched_nodes_are_looked_at_once_per_interval) {
  health.watch({address(0), address(1)});
  clock.run(context, 1s);
  ASSERT_NE(health.sample(address(0)), nullptr);
  EXPECT_EQ(health.sample(address(0))->pending_compactions, 0);
  EXPECT_EQ(health.sample(address(2)), nullptr);
  clock.run(context, 100s);
  EXPECT_LE(world.calls().at("pending_compactions"), 2 * 22);
  EXPECT_GE(world.calls().at("pending_compactions"), 2 * 20);
}

TEST_F(node_health_test, what_changed_is_seen_at_the_next_look) {
  health.watch({address(0)});
  clock.run(context, 1s);
  world.node(0).set_pending_compactions(42);
  clock.run(context, 6s);
  EXPECT_EQ(health.sample(address(0))->pending_compactions, 42);
}

TEST_F(node_health_test, a_node_that_does_not_answer_delays_no_other) {
  world.node(0).slow_calls(10min);
  health.watch({address(0), address(1)});
  clock.run(context, 100s);
  EXPECT_FALSE(health.sample(address(0))->pending_compactions.has_value());
  EXPECT_FALSE(health.sample(address(0))->failure.empty());
  EXPECT_TRUE(health.sample(address(1))->pending_compactions.has_value());
  EXPECT_LT(clock.now() - health.sample(address(1))->taken, 6s);
}

TEST_F(node_health_test, what_is_no_longer_watched_is_forgotten) {
  health.watch({address(0)});
  clock.run(context, 1s);
  health.watch({});
  clock.run(context, 1s);
  EXPECT_EQ(health.sample(address(0)), nullptr);
}

TEST_F(node_health_test, a_node_that_may_not_be_called_is_known_by_gossip_only) {
  world.node(1).set_pending_compactions(42);
  world.node(2).kill();
  clock.advance(1min);
  ASSERT_TRUE(test::run(context, clock, view->ring(0s)).has_value());
  reach = deployment::reach_policy::of_node(world.node(0).id());
  health.watch({address(0), address(1), address(2)});
  clock.run(context, 100s);
  EXPECT_TRUE(health.sample(address(0))->asked);
  const auto* other = health.sample(address(1));
  EXPECT_FALSE(other->asked);
  EXPECT_TRUE(other->alive);
  EXPECT_EQ(other->pending_compactions, 0);
  EXPECT_LT(clock.now() - other->taken, 6s);
  EXPECT_FALSE(health.sample(address(2))->alive);
  EXPECT_LE(world.calls().at("pending_compactions"), 22);
}

}  // namespace
}  // namespace helenus::cluster
