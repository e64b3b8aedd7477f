// Each loss and failure that must never stop a run: it ends in progress or in a named reason.
#include "repair/errc.h"
#include "storage/errc.h"
#include "world.h"

namespace helenus::test {
namespace {

using model::run_state;
using model::waiting_for;

fake_cluster_options six_nodes() {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", 6, 1}};
  options.layout.tokens_per_node = 4;
  return options;
}

repair::run_request small(const world& here) {
  auto request = here.request();
  request.segments_per_node = 4;
  return request;
}

/// While a run is not done it moves, or says why not.
void expect_never_silent(world& here, model::run_id id, base::clock::duration limit) {
  const auto end = here.clock().now() + limit;
  auto done = -1;
  auto since = here.clock().now();
  while (here.clock().now() < end) {
    const auto shown = here.report(id);
    if (model::is_terminated(shown.run.state)) return;
    if (shown.counts.done != done || shown.counts.running > 0 || shown.waiting) {
      since = here.clock().now();
    }
    done = shown.counts.done;
    ASSERT_LT(here.clock().now() - since, 1min) << "stuck without a reason";
    here.pass(10s);
  }
}

using lossy = std::tuple<fault, loss>;
class command_faults : public ::testing::TestWithParam<lossy> {};

TEST_P(command_faults, a_run_ends_whatever_its_commands_suffer) {
  auto options = six_nodes();
  options.fault_rates = {{std::get<0>(GetParam()), 0.25}};
  options.random_losses = std::get<1>(GetParam());
  world here(options);
  here.boot();
  const auto id = here.start(small(here));
  expect_never_silent(here, id, 48h);
  EXPECT_EQ(here.report(id).run.state, run_state::done);
  EXPECT_EQ(here.wrong(false), "");
}

const auto every_fault = ::testing::Values(
    fault::lose_started, fault::lose_succeeded, fault::lose_completed, fault::lose_end,
    fault::lose_everything, fault::duplicate_events, fault::completed_first, fault::started_last,
    fault::late_completed, fault::late_started, fault::extra_events, fault::fail, fault::fail_twice,
    fault::fail_without_start, fault::hang, fault::refuse_start, fault::lose_start_reply,
    fault::slow_start);
INSTANTIATE_TEST_SUITE_P(announced_and_silent, command_faults,
                         ::testing::Combine(every_fault,
                                            ::testing::Values(loss::announced, loss::silent)));

TEST(fault_simulation, a_failure_counts_once_and_is_shown) {
  world here(six_nodes());
  for (std::size_t index = 0; index < 6; ++index) here.cassandra().node(index).inject(fault::fail);
  here.boot();
  const auto id = here.start(small(here));
  here.pass(40s);
  int failed = 0;
  for (const auto& shown : here.segments(id)) {
    if (shown.segment.fail_count == 0) continue;
    ++failed;
    EXPECT_EQ(shown.segment.fail_count, 1);
    EXPECT_FALSE(shown.segment.last_error.empty());
  }
  EXPECT_GT(failed, 0);
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
}

TEST(fault_simulation, a_dead_coordinator_is_replaced_by_another) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  here.pass(5s);
  here.cassandra().node(0).kill();
  here.pass(10min);
  here.cassandra().node(0).start();
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(false), "");
}

TEST(fault_simulation, a_dead_node_is_waited_for_by_name) {
  world here(six_nodes());
  here.boot();
  here.cassandra().node(0).kill();
  here.pass(1min);
  const auto id = here.start(small(here));
  here.pass(20min);
  const auto shown = here.report(id);
  EXPECT_EQ(shown.run.state, run_state::running);
  ASSERT_TRUE(shown.waiting.has_value());
  EXPECT_EQ(shown.waiting->what, waiting_for::node_down);
  EXPECT_EQ(shown.waiting->node, here.cassandra().node(0).address());
  EXPECT_GT(shown.counts.done, 0);
  here.cassandra().node(0).start();
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(), "");
}

TEST(fault_simulation, restarting_nodes_at_random_never_stops_a_run) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  for (std::size_t round = 0; round < 12; ++round) {
    here.pass(37s);
    here.cassandra().node(round % 6).restart();
  }
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(false), "");
}

TEST(fault_simulation, a_paused_node_fails_segments_in_bounded_time) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  here.pass(5s);
  here.cassandra().node(1).pause();
  expect_never_silent(here, id, 40min);
  here.cassandra().node(1).resume();
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(false), "");
}

TEST(fault_simulation, cut_connections_lose_no_repair) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  for (std::size_t round = 0; round < 12; ++round) {
    here.pass(11s);
    here.cassandra().node(round % 6).cut_connection();
    here.pass(7s);
    here.cassandra().node(round % 6).mend_connection();
  }
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(false), "");
}

TEST(fault_simulation, calls_that_never_answer_block_nobody_else) {
  world here(six_nodes());
  here.boot();
  here.cassandra().node(2).slow_calls(1h);
  const auto id = here.start(small(here));
  here.pass(20min);
  EXPECT_GT(here.report(id).counts.done, 0);
  ASSERT_TRUE(here.report(id).waiting.has_value());
  here.cassandra().node(2).slow_calls(0s);
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
}

TEST(fault_simulation, a_cluster_that_can_not_be_reached_is_named) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  for (std::size_t index = 0; index < 6; ++index) here.cassandra().node(index).cut_connection();
  here.pass(30min);
  ASSERT_TRUE(here.report(id).waiting.has_value());
  for (std::size_t index = 0; index < 6; ++index) here.cassandra().node(index).mend_connection();
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(false), "");
}

class topology_changes : public ::testing::TestWithParam<int> {};

TEST_P(topology_changes, unfinished_ranges_are_mapped_to_the_new_ring) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  here.pass(2min);
  switch (GetParam()) {
    case 0:
      here.cassandra().add_node("dc1", "rack1");
      break;
    case 1:
      here.cassandra().remove_node(here.cassandra().node(3).address());
      break;
    case 2:
      here.cassandra().replace_node(here.cassandra().node(3).address());
      break;
    default:
      here.cassandra().change_address(here.cassandra().node(3).address());
  }
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.cassandra().repaired().never_repaired("shop", here.tables()), "");
  // Until the ring is read again a new member may take part in two commands.
  if (GetParam() != 0) EXPECT_EQ(here.cassandra().violations(), std::vector<std::string>());
}

INSTANTIATE_TEST_SUITE_P(add_remove_replace_move, topology_changes, ::testing::Values(0, 1, 2, 3));

class storage_faults : public ::testing::TestWithParam<storage::errc> {};

TEST_P(storage_faults, nothing_starts_while_state_can_not_be_kept_and_nothing_is_forgotten) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  here.pass(45s);
  bool failing = true;
  here.storage().inject_faults([&](std::string_view call) -> std::optional<error> {
    const bool writes = call.ends_with("replace") || call.ends_with("split");
    if (failing && writes) return error{GetParam(), "no space left"};
    return std::nullopt;
  });
  here.pass(2min);
  const auto commands = here.cassandra().calls().at("start_repair");
  here.pass(20min);
  EXPECT_EQ(here.cassandra().calls().at("start_repair"), commands);
  const auto shown = here.report(id);
  ASSERT_TRUE(shown.waiting.has_value());
  EXPECT_EQ(shown.waiting->what, waiting_for::storage);
  EXPECT_EQ(shown.waiting->detail, "no space left");
  EXPECT_EQ(here.engine().storage_trouble().value().detail, "no space left");
  failing = false;
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_FALSE(here.engine().storage_trouble());
  EXPECT_EQ(here.wrong(), "");
}

INSTANTIATE_TEST_SUITE_P(full_read_only_away, storage_faults,
                         ::testing::Values(storage::errc::full, storage::errc::read_only,
                                           storage::errc::unavailable));

TEST(fault_simulation, storage_that_failed_is_not_waited_for_where_nothing_can_start) {
  world here(six_nodes());
  here.boot();
  here.cassandra().node(0).kill();
  here.pass(1min);
  const auto id = here.start(small(here));
  bool failing = true;
  here.storage().inject_faults([&](std::string_view call) -> std::optional<error> {
    if (failing && call == "runs.replace") return error{storage::errc::unavailable, "away"};
    return std::nullopt;
  });
  here.pass(20min);
  EXPECT_TRUE(here.engine().storage_trouble());
  failing = false;
  here.pass(1min);
  EXPECT_FALSE(here.engine().storage_trouble());
  const auto shown = here.report(id);
  ASSERT_TRUE(shown.waiting.has_value());
  EXPECT_EQ(shown.waiting->what, waiting_for::node_down);
}

TEST(fault_simulation, storage_that_fails_now_and_then_changes_nothing) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  unsigned count = 0;
  here.storage().inject_faults([&](std::string_view) -> std::optional<error> {
    if (++count % 7 == 0) return error{storage::errc::unavailable, "away"};
    return std::nullopt;
  });
  here.pass(20min);
  here.storage().inject_faults({});
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(), "");
}

class crashes : public ::testing::TestWithParam<int> {};

TEST_P(crashes, after_a_crash_commands_that_still_run_are_attached_to) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  for (int round = 0; round < 6; ++round) {
    here.pass(std::chrono::milliseconds(GetParam() * (round + 1)));
    here.crash();
    here.pass(3s);
    here.boot();
  }
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(false), "");
}

INSTANTIATE_TEST_SUITE_P(at_any_moment, crashes,
                         ::testing::Values(1, 2, 3, 5, 7, 11, 150, 1900, 9000, 29'999, 31'000));

TEST(fault_simulation, a_long_crash_repairs_nothing_twice) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  here.pass(10s);
  here.crash();
  here.pass(6h);
  here.boot();
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(), "");
}

TEST(fault_simulation, a_clean_stop_leaves_no_command_behind_and_the_next_start_goes_on) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  here.pass(10s);
  here.stop(1s);
  EXPECT_EQ(here.cassandra().command_counts()[command_end::none], 0);
  here.boot();
  EXPECT_EQ(here.report(id).run.state, run_state::running);
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(), "");
}

TEST(fault_simulation, an_aborted_run_is_kept_until_what_a_crash_left_of_it_was_stopped) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  here.pass(10s);
  here.crash();
  auto row = *here.run(here.storage().runs().find(id));
  row.state = run_state::aborted;
  row.end_time = here.clock().wall_now();
  ASSERT_TRUE(here.run(here.storage().runs().replace(row)));
  here.boot();
  const auto refused = here.run(here.engine().remove(id, "TEST"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, repair::errc::still_running);
  here.pass(2min);
  EXPECT_EQ(here.cassandra().command_counts()[command_end::none], 0);
  EXPECT_TRUE(here.run(here.engine().remove(id, "TEST")));
}

TEST(fault_simulation, a_grace_period_lets_segments_end) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  here.pass(10s);
  here.stop(1min);
  here.boot();
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.cassandra().command_counts()[command_end::gone], 0);
  EXPECT_EQ(here.wrong(), "");
}

/// Time would stand still here if the process were busy until the last segment ends.
TEST(fault_simulation, what_becomes_due_while_segments_may_end_waits_for_the_next_start) {
  world here(six_nodes());
  here.boot();
  const auto id = here.start(small(here));
  for (std::size_t index = 0; index < 6; ++index) {
    here.pass(10s);
    here.cassandra().node(index).kill();  // its segments are tried again after ten seconds
    here.pass(3s);
    here.stop(1min);
    here.cassandra().node(index).start();
    here.boot();
  }
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.cassandra().repaired().never_repaired("shop", here.tables()), "");
}

TEST(fault_simulation, orphans_of_a_run_paused_before_the_crash_are_stopped) {
  repair::repair_options options;
  options.pause_cancels = false;
  world here(six_nodes(), options);
  here.boot();
  const auto id = here.start(small(here));
  here.pass(10s);
  ASSERT_TRUE(here.run(here.engine().pause(id)).has_value());
  here.crash();
  here.boot();
  here.pass(2min);
  EXPECT_EQ(here.report(id).counts.running, 0);
  EXPECT_EQ(here.report(id).run.state, run_state::paused);
}

TEST(fault_simulation, a_thousand_segments_of_a_few_milliseconds_lose_no_completion) {
  auto options = six_nodes();
  options.repair_time = takes_between(2ms, 6ms);
  options.call_time = 200us;
  options.start_delay = 100us;
  world here(options);
  here.boot();
  auto request = here.request();
  request.segments_per_node = 160;
  request.tables = {"orders"};
  const auto id = here.start(request);
  const auto begun = here.clock().now();
  EXPECT_EQ(here.run_to_end(id, 1h), run_state::done);
  EXPECT_LT(here.clock().now() - begun, 1min);
  EXPECT_TRUE(here.cassandra().violations().empty());
}

}  // namespace
}  // namespace helenus::test
