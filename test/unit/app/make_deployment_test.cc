#include "app/make_deployment.h"

#include "storage/memory/backend.h"
#include "support/fake_cluster.h"
#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;
using enum config::datacenter_availability;

config::settings settings_of(config::datacenter_availability mode) {
  config::settings made;
  made.deployment.availability = mode;
  return made;
}

TEST(process_rules_test, a_sidecar_is_ready_at_once) {
  const auto rules = rules_of(settings_of(sidecar));
  EXPECT_TRUE(rules.ready_at_once);
  EXPECT_EQ(rules.only_host, "127.0.0.1");
  for (const auto mode : {all, local, each}) {
    const auto other = rules_of(settings_of(mode));
    EXPECT_FALSE(other.ready_at_once);
    EXPECT_EQ(other.only_host, "");
  }
}

TEST(process_rules_test, it_ends_while_its_pod_may) {
  for (const auto mode : {all, local, each, sidecar}) {
    EXPECT_LT(rules_of(settings_of(mode)).shutdown.total(), 30s);
  }
}

TEST(process_rules_test, what_comes_late_is_noticed_within_two_seconds) {
  for (const auto mode : {all, local, each, sidecar}) {
    EXPECT_LE(rules_of(settings_of(mode)).start_retry.largest, 2s);
  }
}

TEST(process_rules_test, a_grace_period_that_is_told_holds_in_every_mode) {
  for (const auto mode : {all, local, each, sidecar}) {
    auto settings = settings_of(mode);
    settings.shutdown_grace_period = 0s;
    EXPECT_EQ(rules_of(settings).shutdown.grace, 0s);
  }
}

TEST(process_rules_test, a_datacenter_is_learnt_where_it_matters_and_is_not_told) {
  EXPECT_FALSE(rules_of(settings_of(all)).learns_datacenter);
  EXPECT_FALSE(rules_of(settings_of(sidecar)).learns_datacenter);
  for (const auto mode : {local, each}) {
    auto settings = settings_of(mode);
    EXPECT_TRUE(rules_of(settings).learns_datacenter);
    settings.deployment.local_datacenter = "dc1";
    EXPECT_FALSE(rules_of(settings).learns_datacenter);
  }
}

TEST(make_deployment_test, the_mode_says_which_nodes_may_be_called) {
  boost::asio::io_context context;
  base::virtual_clock clock;
  test::fake_cluster world(context.get_executor(), clock, {});
  storage::memory::backend storage;
  cluster::cluster_service clusters(context.get_executor(), clock, storage, world, {});
  const auto reach_in = [&](config::settings settings) {
    return test::run(context, clock, find_reach(clock, settings, world, clusters)).value();
  };
  EXPECT_FALSE(reach_in(settings_of(all)).is_limited());
  EXPECT_FALSE(reach_in(settings_of(local)).is_limited());
  for (const auto mode : {local, each}) {
    auto settings = settings_of(mode);
    settings.deployment.local_datacenter = "dc1";
    EXPECT_EQ(reach_in(settings).datacenter(), "dc1");
  }
  auto settings = settings_of(sidecar);
  settings.deployment.local_node = world.node(1).address();
  const auto beside = reach_in(settings);
  EXPECT_EQ(beside.node(), world.node(1).id());
  EXPECT_EQ(beside.node_address(), world.node(1).address());
}

TEST(make_deployment_test, an_instance_is_another_one_at_every_start) {
  base::virtual_clock clock;
  const auto first = make_instance(clock);
  EXPECT_EQ(first.id.version(), 1);
  EXPECT_NE(make_instance(clock).id, first.id);
}

TEST(make_deployment_test, the_storage_says_whether_others_may_work_on_it) {
  base::virtual_clock clock;
  storage::memory::backend ours;
  EXPECT_TRUE(make_peers(clock, ours, make_instance(clock))->is_alone());
  storage::memory::backend shared(clock);
  EXPECT_FALSE(make_peers(clock, shared, make_instance(clock))->is_alone());
}

}  // namespace
}  // namespace helenus::app
