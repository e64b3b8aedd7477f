#include "fleet.h"

#include "storage/errc.h"

#include <algorithm>
#include <set>

namespace helenus::test {
namespace {

using model::run_state;

fake_cluster_options six_nodes() {
  fake_cluster_options options;
  options.layout.datacenters.front().nodes = 6;
  options.layout.tokens_per_node = 4;
  return options;
}

std::set<model::node_address> coordinators(const std::vector<model::repair_segment>& segments) {
  std::set<model::node_address> found;
  for (const auto& segment : segments) {
    if (segment.coordinator) found.insert(*segment.coordinator);
  }
  return found;
}

std::size_t in_flight(const std::vector<model::repair_segment>& segments) {
  return static_cast<std::size_t>(
      std::count_if(segments.begin(), segments.end(), [](const model::repair_segment& segment) {
        return segment.state == model::segment_state::started ||
               segment.state == model::segment_state::running;
      }));
}

TEST(fleet, sidecars_share_a_run_and_repair_each_range_once) {
  fleet all(fleet_kind::sidecars, six_nodes());
  all.boot_all();
  const auto id = all.start();
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.wrong(), "");
  EXPECT_GT(coordinators(all.segments(id)).size(), 2U);
}

TEST(fleet, sidecars_work_side_by_side) {
  fleet all(fleet_kind::sidecars, six_nodes());
  all.boot_all();
  const auto id = all.start();
  std::size_t most = 0;
  for (int look = 0; look < 100; ++look) {
    all.pass(7s);
    most = std::max(most, in_flight(all.segments(id)));
  }
  EXPECT_EQ(most, 2U);  // nodes / replication factor
}

TEST(fleet, equals_share_a_run_and_repair_each_range_once) {
  fleet all(fleet_kind::equals, six_nodes(), 3);
  all.boot_all();
  const auto id = all.start();
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.wrong(), "");
}

TEST(fleet, a_killed_sidecar_is_not_missed_when_its_ranges_have_other_replicas) {
  fleet all(fleet_kind::sidecars, six_nodes());
  all.boot_all();
  const auto id = all.start();
  all.pass(100s);
  all.crash(3);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.wrong(false), "");
}

TEST(fleet, all_sidecars_killed_at_once_go_on_with_the_commands_that_still_run) {
  fleet all(fleet_kind::sidecars, six_nodes());
  all.boot_all();
  const auto id = all.start();
  all.pass(100s);
  for (std::size_t index = 0; index < all.size(); ++index) all.crash(index);
  all.boot_all();
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.wrong(), "");
}

TEST(fleet, a_rolling_restart_repairs_nothing_twice_and_leaves_nothing_out) {
  fleet all(fleet_kind::sidecars, six_nodes());
  all.boot_all();
  const auto id = all.start();
  for (std::size_t index = 0; index < all.size(); ++index) {
    all.pass(50s);
    all.stop(index, 40s);  // what runs may end
    all.pass(10s);
    all.boot(index);
  }
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.wrong(), "");
}

TEST(fleet, pods_that_go_and_come_back_elsewhere_leave_nothing_out) {
  fleet all(fleet_kind::sidecars, six_nodes());
  all.boot_all();
  const auto id = all.start();
  for (std::size_t index = 0; index < all.size(); ++index) {
    all.pass(50s);
    if (index % 2 == 0) {
      all.stop(index, 10s);
    } else {
      all.crash(index);
    }
    all.cassandra().change_address(all.cassandra().node(index).address());
    all.boot(index);
  }
  EXPECT_EQ(all.run_to_end(id, 6h), run_state::done);
  // Until the ring is read again a node that has moved may take part in two commands.
  const auto& ledger = all.cassandra().repaired();
  EXPECT_EQ(ledger.not_exactly_once("shop", {"customers", "orders", "visits"}), "");
}

TEST(fleet, what_one_instance_pauses_all_pause_and_resume) {
  fleet all(fleet_kind::sidecars, six_nodes());
  all.boot_all();
  const auto id = all.start();
  all.pass(100s);
  ASSERT_TRUE(all.run(all.engine(1).pause(id)));
  all.pass(30s);
  EXPECT_EQ(in_flight(all.segments(id)), 0U);
  ASSERT_TRUE(all.run(all.engine(2).resume(id)));
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.wrong(false), "");
}

TEST(fleet, a_stopped_instance_leaves_no_lease_behind) {
  fleet all(fleet_kind::sidecars, six_nodes());
  all.boot_all();
  const auto id = all.start();
  all.pass(100s);
  for (std::size_t index = 0; index < all.size(); ++index) all.stop(index, 0s);
  const auto held = all.run(all.storage().leases()->held(id));
  ASSERT_TRUE(held);
  EXPECT_TRUE(held->empty());
  EXPECT_EQ(in_flight(all.segments(id)), 0U);
}

TEST(fleet, storage_that_is_away_for_minutes_loses_nothing) {
  fleet all(fleet_kind::sidecars, six_nodes());
  all.boot_all();
  const auto id = all.start();
  all.pass(100s);
  all.storage().inject_faults([](std::string_view) -> std::optional<error> {
    return error{storage::errc::unavailable, "away"};
  });
  all.pass(5min);
  all.storage().inject_faults({});
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.wrong(), "");
}

}  // namespace
}  // namespace helenus::test
