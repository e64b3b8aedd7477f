#include "app/own_datacenter.h"

#include "base/task_group.h"
#include "storage/memory/backend.h"
#include "support/fake_cluster.h"
#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

TEST(own_datacenter_test, is_that_of_the_node_that_answers_first_and_unknown_until_then) {
  boost::asio::io_context context;
  base::virtual_clock clock;
  test::fake_cluster_options layout;
  layout.layout.datacenters = {{.name = "east"}, {.name = "west"}};
  test::fake_cluster world(context.get_executor(), clock, layout);
  storage::memory::backend storage;
  cluster::cluster_service clusters(context.get_executor(), clock, storage, world, {});
  deployment::reach_policy reach;
  base::task_group group(context.get_executor());
  group.spawn("tested", learn_datacenter(clock, clusters, reach));
  clock.run(context, 1min);
  EXPECT_FALSE(reach.is_limited());

  model::node_address seed;
  for (std::size_t index = 0; index < world.size(); ++index) {
    auto& node = world.node(index);
    if (node.shown().datacenter == "west" && seed.empty()) seed = node.address();
  }
  cluster::registration what{.seed = seed};
  ASSERT_TRUE(test::run(context, clock, clusters.add(what)).has_value());
  auto stored = test::run(context, clock, clusters.all())->front();
  stored.seed_hosts = {seed};
  ASSERT_TRUE(test::run(context, clock, clusters.update(stored)).has_value());
  world.node(seed).cut_connection();
  clock.run(context, 1min);
  EXPECT_FALSE(reach.is_limited());
  world.node(seed).mend_connection();
  ASSERT_TRUE(test::run(context, clock, group.join()).has_value());
  EXPECT_EQ(reach.datacenter(), "west");
}

}  // namespace
}  // namespace helenus::app
