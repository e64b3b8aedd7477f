#include "fleet.h"

#include "base/assert.h"
#include "base/task_group.h"
#include "storage/errc.h"
#include "support/captured_log.h"

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

TEST(fleet, any_of_three_pods_restart_elsewhere_at_once_and_nothing_is_left_out) {
  fake_cluster_options three_nodes;
  three_nodes.layout.datacenters.front().nodes = 3;
  three_nodes.layout.tokens_per_node = 4;
  for (unsigned subset = 1; subset < 8; ++subset) {
    SCOPED_TRACE("pods (bits) " + std::to_string(subset));
    fleet all(fleet_kind::sidecars, three_nodes);
    all.boot_all();
    const auto id = all.start(3);
    all.pass(50s);
    EXPECT_GT(in_flight(all.segments(id)), 0U);
    std::vector<std::size_t> chosen;
    for (std::size_t index = 0; index < all.size(); ++index) {
      if ((subset >> index & 1U) != 0) chosen.push_back(index);
    }
    for (const auto index : chosen) all.crash(index);
    for (const auto index : chosen) {
      all.cassandra().change_address(all.cassandra().node(index).address());
    }
    for (const auto index : chosen) all.boot(index);
    EXPECT_EQ(all.run_to_end(id, 6h), run_state::done);
    const auto& ledger = all.cassandra().repaired();
    EXPECT_EQ(ledger.not_exactly_once("shop", {"customers", "orders", "visits"}), "");
  }
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

/// What a killed instance left of a paused run is waited for until its lease ends: 90 seconds after
/// it was taken, at the second look.
TEST(fleet, what_a_resumed_run_takes_up_is_not_stopped_since_it_was_paused_before) {
  auto options = six_nodes();
  options.repair_time = takes(4min);
  fleet all(fleet_kind::equals, options);
  all.boot(0);
  const auto id = all.start(1);
  all.pass(10s);
  all.crash(0);
  all.pass(21s);
  all.boot(1);
  ASSERT_TRUE(all.run(all.engine(1).pause(id)));
  all.stop(1, 0s);
  all.boot(1);
  all.pass(5s);
  ASSERT_TRUE(all.run(all.engine(1).resume(id)));
  all.pass(2min);
  EXPECT_EQ(all.cassandra().command_counts()[command_end::failed], 0);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.wrong(), "");
}

TEST(fleet, what_a_killed_instance_left_of_a_paused_run_is_stopped_after_a_restart) {
  auto options = six_nodes();
  options.repair_time = takes(1h);
  fleet all(fleet_kind::equals, options);
  all.storage_takes(20ms);
  all.boot_all();
  const auto id = all.start(1);
  all.pass(30s);
  EXPECT_GT(in_flight(all.segments(id)), 0U);
  all.crash(0);
  all.crash(1);
  all.boot(1);
  ASSERT_TRUE(all.run(all.engine(1).pause(id)));
  all.stop(1, 0s);
  all.boot(1);
  all.pass(4min);
  EXPECT_EQ(in_flight(all.segments(id)), 0U);
  EXPECT_EQ(all.cassandra().command_counts()[command_end::none], 0);
}

class pause_after_restart : public ::testing::TestWithParam<int> {};

TEST_P(pause_after_restart, stops_what_an_earlier_life_began_in_whatever_moment_it_comes) {
  fake_cluster_options options;
  options.layout.datacenters.front().nodes = 6;
  options.repair_time = takes(2h);
  fleet all(fleet_kind::equals, options, 1);
  all.boot_all();
  const auto id = all.start();
  all.pass(30s);
  all.crash(0);
  all.storage_takes(500ms);
  all.boot(0);
  all.pass(GetParam() * 500ms);
  ASSERT_TRUE(all.run(all.engine(0).pause(id)));
  all.pass(10min);  // longer than the leases of the earlier life
  EXPECT_EQ(all.stored(id).state, model::run_state::paused);
  EXPECT_EQ(all.run(all.storage().runs().counts(id))->running, 0);
  ASSERT_TRUE(all.run(all.engine(0).abort(id)));
  EXPECT_TRUE(all.run(all.engine(0).remove(id, "test")));
  EXPECT_EQ(all.cassandra().command_counts()[command_end::none], 0);
}
INSTANTIATE_TEST_SUITE_P(any_moment, pause_after_restart, ::testing::Range(0, 24));

/// Who is RUNNING of two runs of a unit that were started in the same moment, by these instances.
std::vector<model::run_id> started_at_once(fleet& all, std::size_t first, std::size_t second) {
  std::vector<model::run_id> ids;
  for (int made = 0; made < 2; ++made) {
    repair::run_request what;
    what.cluster_name = all.cassandra().registration().name;
    what.keyspace = "shop";
    what.owner = "test";
    const auto run = all.run(all.engine(0).create(what));
    HELENUS_ASSERT(run.has_value());
    ids.push_back(run->run.id);
  }
  all.storage_takes(20ms);
  base::task_group starts(all.context().get_executor());
  const auto start = [](repair::repair_service& by, model::run_id id) -> task<void> {
    static_cast<void>(co_await by.start(id));
    co_return result<void>{};
  };
  starts.spawn("first", start(all.engine(first), ids[0]));
  starts.spawn("second", start(all.engine(second), ids[1]));
  EXPECT_TRUE(all.run(starts.join()));
  std::erase_if(ids, [&](model::run_id id) { return all.stored(id).state != run_state::running; });
  return ids;
}

TEST(fleet, of_two_runs_of_a_unit_that_are_started_at_once_one_runs) {
  fleet all(fleet_kind::equals, six_nodes());
  all.boot_all();
  EXPECT_EQ(started_at_once(all, 0, 0).size(), 1U);
}

TEST(fleet, of_two_runs_of_a_unit_that_two_instances_start_at_once_not_both_run) {
  fleet all(fleet_kind::equals, six_nodes());
  all.boot_all();
  EXPECT_LE(started_at_once(all, 0, 1).size(), 1U);
}

/// Only one of them gets its nodes.
TEST(fleet, two_segments_on_the_same_nodes_that_nobody_follows_are_both_taken_up) {
  auto options = six_nodes();
  options.layout.datacenters.front().nodes = 3;
  fleet all(fleet_kind::equals, options);
  all.boot(0);
  const auto id = all.start(2);
  all.stop(0, 0s);
  auto rows = all.segments(id);
  for (auto index : {2U, 3U}) {
    ASSERT_EQ(rows[index].state, model::segment_state::not_started);
    ASSERT_EQ(*rows[index].replicas, *rows[2].replicas);
    rows[index].state = model::segment_state::started;
    rows[index].coordinator = rows[index].replicas->front().address;
    rows[index].start_time = all.clock().wall_now() - 10min;
    ASSERT_TRUE(all.run(all.storage().segments().replace(rows[index])));
  }
  const captured_log log;
  all.boot(0);
  EXPECT_EQ(all.run_to_end(id, 1h), run_state::done);
  EXPECT_FALSE(log.contains("lost count"));
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

/// Stopping it would stop repairs of others: it goes on while its instance restarts.
TEST(fleet, nodes_of_a_command_that_goes_on_after_a_stop_are_not_given_back) {
  auto options = six_nodes();
  options.repair_time = takes(5min);
  fleet all(fleet_kind::sidecars, options);
  all.boot_all();
  const auto id = all.start(1);
  all.pass(1min);
  const auto rows = all.segments(id);
  const auto left =
      std::ranges::find(rows, model::segment_state::running, &model::repair_segment::state);
  ASSERT_NE(left, rows.end());
  std::size_t index = 0;
  while (all.cassandra().node(index).address() != left->coordinator) ++index;
  all.cassandra().node(index).start_foreign_repair(1h);
  all.stop(index, 0s);
  const auto held = all.run(all.storage().leases()->held(id));
  ASSERT_TRUE(held);
  EXPECT_EQ(std::ranges::count(*held, left->id, &storage::held_node::segment), 3);
  all.pass(30s);
  all.boot(index);
  all.pass(4min);
  EXPECT_EQ(all.run(all.storage().segments().find(id, left->id))->state,
            model::segment_state::done);
  EXPECT_EQ(all.cassandra().violations(), std::vector<std::string>());
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

/// As Cassandra does when its replicas stand still: each request waits for its deadline, and of the
/// writes some were done.
TEST(fleet, storage_that_hangs_for_minutes_loses_nothing) {
  fleet all(fleet_kind::sidecars, six_nodes());
  all.boot_all();
  const auto id = all.start();
  all.pass(100s);
  unsigned calls = 0;
  all.storage().inject_faults([&](std::string_view) -> std::optional<storage::memory::fault> {
    storage::memory::fault late(error{storage::errc::unavailable, "no answer in time"});
    late.clock = &all.clock();
    late.after = 2s;
    late.is_carried_out = ++calls % 3 == 0;
    return late;
  });
  all.pass(5min);
  EXPECT_GT(calls, 0U);
  all.storage().inject_faults({});
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.wrong(), "");
}

/// Six nodes in a circle, of which each three in a row share a range: nodes 2 and 5 share none.
fake_cluster_options circle() {
  auto options = six_nodes();
  options.layout.tokens_per_node = 1;
  options.layout.even_tokens = true;
  return options;
}

/// All is repaired but what needs node 5, which is down.
model::run_id wait_for_the_last_node(fleet& all) {
  all.boot_all();
  all.crash(5);
  all.cassandra().node(5).kill();
  const auto id = all.start();
  all.pass(1h);
  EXPECT_EQ(all.stored(id).state, run_state::running);
  EXPECT_EQ(in_flight(all.segments(id)), 0U);
  return id;
}

bool needs(const model::repair_segment& segment, const model::node_address& node) {
  return std::any_of(segment.replicas->begin(), segment.replicas->end(),
                     [&](const model::replica& replica) { return replica.address == node; });
}

model::repair_segment done(model::repair_segment row, model::wall_time now) {
  row.state = model::segment_state::done;
  row.coordinator = row.replicas->front().address;
  row.start_time = now;
  row.end_time = now;
  return row;
}

/// As if somebody had repaired it who is gone now.
void finish_by_hand(fleet& all, model::run_id id) {
  for (const auto& segment : all.segments(id)) {
    if (segment.state == model::segment_state::done) continue;
    EXPECT_TRUE(all.run(all.storage().segments().replace(done(segment, all.clock().wall_now()))));
  }
}

TEST(fleet, a_segment_costs_all_sidecars_together_no_more_statements_than_promised) {
  fake_cluster_options options;
  options.layout.tokens_per_node = 4;
  options.repair_time = takes(5s);
  fleet all(fleet_kind::sidecars, options);
  all.boot_all();
  const auto id = all.start(32);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  std::uint64_t statements = 0;
  for (const auto& [call, traffic] : all.traffic().by_call()) {
    if (counted_storage::comes_with_segments(call)) statements += traffic.statements;
  }
  EXPECT_LE(statements, 6U * all.segments(id).size());
}

TEST(fleet, a_sidecar_goes_on_with_the_nodes_that_it_has) {
  fake_cluster_options options;
  options.layout.datacenters.front().nodes = 12;
  options.layout.tokens_per_node = 4;
  options.repair_time = takes(5s);
  fleet all(fleet_kind::sidecars, options);
  all.storage_takes(5ms);
  all.boot_all();
  const auto id = all.start(32);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  // Of eight segments on the same nodes, seven take the lease of the former one over.
  EXPECT_LT(all.traffic().by_call().at("leases.release").statements, all.segments(id).size() / 4);
}

TEST(fleet, a_run_whose_last_segment_was_ended_by_one_who_died_is_done_soon) {
  fleet all(fleet_kind::sidecars, circle());
  const auto id = wait_for_the_last_node(all);
  finish_by_hand(all, id);
  EXPECT_EQ(all.run_to_end(id, 16min), run_state::done);
}

TEST(fleet, a_segment_that_is_in_line_again_is_found_by_who_may_repair_it) {
  fleet all(fleet_kind::sidecars, circle());
  const auto id = wait_for_the_last_node(all);
  all.crash(2);
  all.boot(2);  // what it repaired it knows from storage only
  all.pass(1min);
  const auto own = all.cassandra().node(2).address();
  std::optional<model::repair_segment> again;
  for (const auto& segment : all.segments(id)) {
    const auto others = {all.cassandra().node(1).address(), all.cassandra().node(3).address()};
    if (needs(segment, own) && std::all_of(others.begin(), others.end(), [&](const auto& other) {
          return needs(segment, other);
        })) {
      again = segment;
    }
  }
  ASSERT_TRUE(again);
  ASSERT_EQ(again->state, model::segment_state::done);
  // Told to an instance that can not repair it.
  ASSERT_TRUE(all.run(all.engine(0).abort_segment(id, again->id)));
  all.pass(20min);
  EXPECT_EQ(all.run(all.storage().segments().find(id, again->id))->state,
            model::segment_state::done);
  EXPECT_EQ(all.stored(id).state, run_state::running);
}

TEST(fleet, segments_that_others_have_split_keep_no_run_from_its_end) {
  fleet all(fleet_kind::sidecars, circle());
  const auto id = wait_for_the_last_node(all);
  for (const auto& segment : all.segments(id)) {
    if (segment.state == model::segment_state::done) continue;
    auto part = segment;
    part.id = model::segment_id(base::uuid_source().next(all.clock().wall_now()));
    part.state = model::segment_state::not_started;
    part.start_time.reset();
    part.coordinator.reset();
    part.command.reset();
    ASSERT_TRUE(all.run(all.storage().segments().split(segment, {part})));
  }
  finish_by_hand(all, id);
  EXPECT_EQ(all.run_to_end(id, 16min), run_state::done);
}

TEST(fleet, segments_for_another_datacenter_that_nobody_calls_say_so) {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", 3, 1}, {"dc2", 3, 1}};
  options.layout.tokens_per_node = 4;
  options.keyspaces.front().copies = {{"dc2", 3}};
  fleet all(fleet_kind::regional, options);
  all.boot(0);
  const auto id = all.start();
  all.pass(1min);
  const auto alone = all.run(all.engine(0).find(id));
  ASSERT_TRUE(alone && alone->waiting);
  EXPECT_EQ(alone->waiting->what, model::waiting_for::other_instance);
  EXPECT_NE(alone->waiting->detail.find("datacenter dc2"), std::string::npos);
  EXPECT_NE(alone->waiting->detail.find("nobody"), std::string::npos) << alone->waiting->detail;
  all.boot(1);
  all.pass(2min);
  const auto together = all.run(all.engine(0).find(id));
  ASSERT_TRUE(together && together->waiting);
  EXPECT_NE(together->waiting->detail.find("datacenter dc2"), std::string::npos);
  EXPECT_EQ(together->waiting->detail.find("nobody"), std::string::npos);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.wrong(), "");
}

TEST(fleet, who_waits_reads_little_whatever_the_size_of_the_run) {
  fleet all(fleet_kind::sidecars, circle());
  wait_for_the_last_node(all);
  all.pass(20min);
  const auto rows = [&all] {
    std::uint64_t sum = 0;
    for (const auto& [call, traffic] : all.traffic().by_call()) {
      if (call.starts_with("segments.")) sum += traffic.rows;
    }
    return sum;
  };
  const auto before = rows();
  all.pass(1h);
  // Six at most may ask for their own segments and some of others, four times; one of them each
  // minute.
  EXPECT_LT(rows() - before, 6U * 4U * 40U + 60U * 14U);
}

}  // namespace
}  // namespace helenus::test
