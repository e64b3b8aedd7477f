// An instance stands still until its leases have ended and others go on with its work; then it
// wakes and believes it its own.
#include "fleet.h"
#include "java_reaper.h"

#include <algorithm>

namespace helenus::test {
namespace {

using model::run_state;
using model::segment_state;

/// Commands take minutes: they go on while their instance stands still.
fake_cluster_options slow_nodes() {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", 6, 1}};
  options.layout.tokens_per_node = 1;
  options.repair_time = takes(5min);
  return options;
}

std::vector<model::version> versions(const std::vector<model::repair_segment>& rows) {
  std::vector<model::version> found;
  for (const auto& row : rows) found.push_back(row.stored);
  return found;
}

std::vector<model::repair_segment> in_flight(fleet& all, model::run_id id) {
  auto found = all.segments(id);
  std::erase_if(found, [](const auto& each) {
    return each.state == segment_state::not_started || each.state == segment_state::done;
  });
  return found;
}

std::string never_repaired(fleet& all) {
  return all.cassandra().repaired().never_repaired("shop", {"customers", "orders", "visits"});
}

/// The first starts a run and stands still; its leases end, and the second begins.
model::run_id another_takes_over(fleet& all) {
  all.boot(0);
  const auto id = all.start(1);
  all.pass(30s);
  all.stand_still(0);
  all.pass(2min);
  all.boot(1);
  return id;
}

TEST(fence_simulation, what_another_took_up_meanwhile_is_not_stopped_and_ends_once) {
  fleet all(fleet_kind::equals, slow_nodes());
  const auto id = another_takes_over(all);
  all.pass(30s);
  all.go_on(0);  // the commands go on for two minutes more
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.cassandra().command_counts()[command_end::failed], 0);
  EXPECT_EQ(all.wrong(), "");
}

TEST(fence_simulation, who_waited_for_its_nodes_follows_what_another_has_begun_there) {
  fleet all(fleet_kind::equals, slow_nodes());
  all.boot_all();
  const auto id = all.start(1);
  all.pass(30s);
  all.stand_still(0);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  all.go_on(0);
  all.pass(1min);
  EXPECT_EQ(all.cassandra().command_counts()[command_end::failed], 0);
  EXPECT_EQ(all.wrong(), "");
}

/// A Cassandra Reaper does not ask whether a command still runs there.
TEST(fence_simulation, a_command_on_nodes_that_work_for_another_by_now_is_stopped) {
  fleet all(fleet_kind::equals, slow_nodes(), 1);
  all.boot_all();
  const auto id = all.start(1);
  all.pass(30s);
  ASSERT_FALSE(in_flight(all, id).empty());
  java_reaper reaper({all.context(), all.clock(), all.storage(), all.cassandra()},
                     *base::uuid::parse("10000000-0000-11f0-8000-00000000000a"));
  reaper.start();
  const auto still = all.clock().wall_now();
  all.stand_still(0);
  all.pass(3min);
  const auto now = in_flight(all, id);
  EXPECT_TRUE(std::ranges::any_of(now, [&](const auto& row) { return row.start_time > still; }));
  all.go_on(0);
  all.pass(40s);
  EXPECT_GT(all.cassandra().command_counts()[command_end::failed], 0);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(never_repaired(all), "");
}

TEST(fence_simulation, who_wakes_after_the_end_changes_nothing) {
  fleet all(fleet_kind::equals, slow_nodes());
  const auto id = another_takes_over(all);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  const auto before = versions(all.segments(id));
  all.go_on(0);
  all.pass(10min);
  EXPECT_EQ(versions(all.segments(id)), before);
  EXPECT_EQ(all.wrong(), "");
}

/// Others may not ask its node: they wait for it, then repair the segment again.
TEST(fence_simulation, a_sidecar_that_wakes_late_does_not_write_over_its_successor) {
  auto options = slow_nodes();
  options.layout.datacenters.front().nodes = 3;
  fleet all(fleet_kind::sidecars, options);
  all.boot_all();
  const auto id = all.start(1);
  all.pass(30s);
  const auto held = in_flight(all, id);
  ASSERT_EQ(held.size(), 1U);
  std::size_t sleeper = 0;
  while (all.cassandra().node(sleeper).address() != held.front().coordinator) ++sleeper;
  all.stand_still(sleeper);
  const auto stored = [&] { return *all.run(all.storage().segments().find(id, held.front().id)); };
  const auto is_taken_over = [&] {
    const auto now = stored();
    return now.state == segment_state::running && now.start_time != held.front().start_time;
  };
  for (int minute = 0; minute < 60 && !is_taken_over(); ++minute) all.pass(1min);
  ASSERT_TRUE(is_taken_over());
  const auto taken = stored();
  all.go_on(sleeper);  // it hears at once that its command has repaired the segment
  all.pass(1min);
  EXPECT_EQ(stored().stored, taken.stored);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(stored().start_time, taken.start_time);
  EXPECT_EQ(never_repaired(all), "");
}

TEST(fence_simulation, a_sidecar_that_wakes_soon_goes_on) {
  fleet all(fleet_kind::sidecars, slow_nodes());
  all.boot_all();
  const auto id = all.start(1);
  all.pass(30s);
  for (std::size_t index = 0; index < all.size(); ++index) all.stand_still(index);
  all.pass(4min);
  for (std::size_t index = 0; index < all.size(); ++index) all.go_on(index);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.cassandra().command_counts()[command_end::failed], 0);
  EXPECT_EQ(all.wrong(), "");
}

/// The same coordinator, by chance.
TEST(fence_simulation, an_attempt_of_another_instance_is_not_written_over) {
  fleet all(fleet_kind::equals, slow_nodes(), 1);
  all.boot_all();
  const auto id = all.start(1);
  all.pass(30s);
  ASSERT_FALSE(in_flight(all, id).empty());
  auto theirs = in_flight(all, id).front();
  theirs.start_time = *theirs.start_time + 20s;
  ASSERT_TRUE(all.run(all.storage().segments().replace(theirs)));
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  const auto ended = all.run(all.storage().segments().find(id, theirs.id));
  EXPECT_EQ(ended->start_time, theirs.start_time);
}

}  // namespace
}  // namespace helenus::test
