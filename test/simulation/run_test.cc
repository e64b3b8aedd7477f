#include "repair/errc.h"
#include "world.h"

#include <map>

namespace helenus::test {
namespace {

using model::run_state;
using model::waiting_for;

fake_cluster_options nodes(int count, int tokens = 4) {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", count, 1}};
  options.layout.tokens_per_node = tokens;
  return options;
}

repair::run_request small(const world& here) {
  auto request = here.request();
  request.segments_per_node = 4;
  return request;
}

std::optional<model::segment_id> first_in(world& here, model::run_id run,
                                          model::segment_state state) {
  for (const auto& shown : here.segments(run)) {
    if (shown.segment.state == state) return shown.segment.id;
  }
  return std::nullopt;
}

void expect_back_in_line(const model::repair_segment& segment, int failures) {
  EXPECT_EQ(segment.state, model::segment_state::not_started);
  EXPECT_EQ(segment.fail_count, failures);
  EXPECT_FALSE(segment.coordinator || segment.start_time || segment.end_time);
}

TEST(run_simulation, a_run_repairs_every_range_exactly_once_and_says_done) {
  world here(nodes(6));
  here.boot();
  const auto id = here.start();
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(), "");
  const auto shown = here.report(id);
  EXPECT_EQ(shown.counts.done, shown.counts.total);
  EXPECT_GT(shown.counts.total, 0);
  EXPECT_EQ(shown.run.last_event, "All done");
}

TEST(run_simulation, many_vnodes_in_coalesced_segments_are_repaired_exactly_once) {
  world here(nodes(6, 256));
  here.boot();
  const auto id = here.start(small(here));
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_LT(here.report(id).counts.total, 6 * 256);
  EXPECT_EQ(here.wrong(), "");
}

TEST(run_simulation, an_upgrade_under_way_stops_new_segments_and_is_named) {
  world here(nodes(3));
  here.boot();
  const auto id = here.start();
  here.pass(1min);
  for (std::size_t index = 0; index < 3; ++index) {
    here.cassandra().upgrade_node(here.cassandra().node(index).address(), "5.0.9", 12);
  }
  here.cassandra().upgrade_node(here.cassandra().node(1).address(), "6.0.0", 14);
  here.pass(30min);
  const auto done = here.report(id).counts.done;
  here.pass(2h);
  const auto waiting = here.report(id);
  EXPECT_EQ(waiting.counts.done, done);
  EXPECT_LT(done, waiting.counts.total);
  ASSERT_TRUE(waiting.waiting.has_value());
  EXPECT_EQ(waiting.waiting->what, waiting_for::mixed_versions);
  EXPECT_NE(waiting.waiting->detail.find("6.0.0"), std::string::npos) << waiting.waiting->detail;
  const auto refused = here.run(here.engine().create(here.request()));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, repair::errc::mixed_versions);
  here.cassandra().upgrade_node(here.cassandra().node(0).address(), "6.0.0", 14);
  here.cassandra().upgrade_node(here.cassandra().node(2).address(), "6.0.0", 14);
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(), "");
}

TEST(run_simulation, three_nodes_that_all_hold_everything_are_never_idle) {
  world here(nodes(3));
  here.boot();
  const auto begun = here.clock().now();
  const auto id = here.start();
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  const auto end = *here.report(id).run.end_time - *here.report(id).run.start_time;
  EXPECT_LT(end, here.cassandra().longest_busy_time() * 102 / 100)
      << base::to_text(here.clock().now() - begun);
}

// A coordinator compares the replicas' trees; and who watches a run wants to see every node at
// work.
TEST(run_simulation, equal_nodes_coordinate_about_as_often) {
  for (const int count : {3, 9}) {
    world here(nodes(count));
    here.boot();
    const auto id = here.start();
    EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
    std::map<model::node_address, int> times;
    for (const auto& shown : here.segments(id)) ++times[shown.segment.coordinator.value_or("none")];
    ASSERT_EQ(times.size(), static_cast<std::size_t>(count));
    const auto share = here.report(id).counts.total / count;
    // Three nodes are asked in turn; among nine not all are replicas of the same.
    const auto tolerance = count == 3 ? 1 : share / 4;
    for (const auto& [address, often] : times) EXPECT_NEAR(often, share, tolerance) << address;
  }
}

TEST(run_simulation, half_intensity_lets_nodes_rest_half_of_the_time) {
  world here(nodes(3));
  here.boot();
  auto request = small(here);
  request.intensity = 0.5;
  const auto id = here.start(request);
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  const auto shown = here.report(id);
  const base::clock::duration wall = *shown.run.end_time - *shown.run.start_time;
  const auto busy = here.cassandra().longest_busy_time();
  EXPECT_GT(wall, busy * 17 / 10);
  EXPECT_LT(wall, busy * 21 / 10);
}

TEST(run_simulation, two_runs_never_load_a_node_together) {
  auto options = nodes(6);
  options.keyspaces.push_back(
      {"market", {{"dc1", 3}}, {{"stalls", "SizeTieredCompactionStrategy"}}});
  world here(options);
  here.boot();
  auto second = small(here);
  second.keyspace = "market";
  const auto one = here.start(small(here));
  const auto two = here.start(second);
  EXPECT_EQ(here.run_to_end(one, 24h), run_state::done);
  EXPECT_EQ(here.run_to_end(two, 24h), run_state::done);
  EXPECT_EQ(here.wrong(), "");
  EXPECT_EQ(here.cassandra().repaired().not_exactly_once("market", {"stalls"}), "");
}

TEST(run_simulation, a_younger_run_passes_one_that_can_start_nothing) {
  auto options = nodes(6);
  for (const auto* name : {"market", "square"}) {
    options.keyspaces.push_back({name, {{"dc1", 1}}, {{"stalls", "SizeTieredCompactionStrategy"}}});
  }
  repair::repair_options engine_options;
  engine_options.max_parallel_runs = 1;
  world here(options, engine_options);
  here.boot();
  const auto blocked = here.start(small(here));
  for (std::size_t index = 0; index < 6; index += 2) {
    here.cassandra().node(index).set_pending_compactions(100);
  }
  here.pass(2min);
  auto second = small(here);
  second.keyspace = "market";
  const auto young = here.start(second);
  here.pass(20min);
  EXPECT_EQ(here.report(blocked).run.state, run_state::running);
  ASSERT_TRUE(here.report(blocked).waiting.has_value());
  EXPECT_EQ(here.report(blocked).waiting->what, waiting_for::pending_compactions);
  EXPECT_GT(here.report(young).counts.done, 0);
  for (std::size_t index = 0; index < 6; ++index) {
    here.cassandra().node(index).set_pending_compactions(0);
  }
  EXPECT_EQ(here.run_to_end(blocked, 24h), run_state::done);
  EXPECT_EQ(here.run_to_end(young, 24h), run_state::done);
  EXPECT_EQ(here.wrong(), "");
}

TEST(run_simulation, pausing_stops_the_nodes_and_resuming_goes_on) {
  world here(nodes(6));
  here.boot();
  const auto id = here.start(small(here));
  here.pass(45s);
  ASSERT_TRUE(here.run(here.engine().pause(id)).has_value());
  here.pass(1min);
  const auto paused = here.report(id);
  EXPECT_EQ(paused.run.state, run_state::paused);
  EXPECT_EQ(paused.counts.running, 0);
  EXPECT_EQ(paused.waiting->what, waiting_for::run_paused);
  EXPECT_EQ(here.cassandra().command_counts()[command_end::none], 0);
  here.pass(10min);
  EXPECT_EQ(here.report(id).counts.done, paused.counts.done);
  ASSERT_TRUE(here.run(here.engine().resume(id)).has_value());
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(), "");
}

TEST(run_simulation, pausing_and_resuming_at_once_loses_nothing) {
  world here(nodes(6));
  here.boot();
  const auto id = here.start(small(here));
  for (int round = 0; round < 20; ++round) {
    here.pass(std::chrono::milliseconds(1700 * round + 3));
    if (here.report(id).run.state != run_state::running) break;
    static_cast<void>(here.run(here.engine().pause(id)));
    static_cast<void>(here.run(here.engine().resume(id)));
  }
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(), "");
}

TEST(run_simulation, aborting_stops_the_nodes_for_good) {
  world here(nodes(6));
  here.boot();
  const auto id = here.start(small(here));
  here.pass(45s);
  ASSERT_TRUE(here.run(here.engine().abort(id)).has_value());
  EXPECT_FALSE(here.run(here.engine().resume(id)).has_value());
  here.pass(1min);
  EXPECT_EQ(here.report(id).counts.running, 0);
  EXPECT_EQ(here.cassandra().command_counts()[command_end::none], 0);
  EXPECT_TRUE(here.run(here.engine().remove(id, "TEST")).has_value());
}

TEST(run_simulation, aborting_a_repair_leaves_repairs_of_others_alone) {
  world here(nodes(3));
  here.boot();
  for (std::size_t index = 0; index < 3; ++index) {
    here.cassandra().node(index).start_foreign_repair(2h);
  }
  const auto id = here.start(small(here));
  here.pass(45s);
  ASSERT_TRUE(here.run(here.engine().abort(id)).has_value());
  here.pass(10min);
  EXPECT_EQ(here.report(id).counts.running, 0);
  EXPECT_EQ(here.wrong(false).find("foreign"), std::string::npos);
}

TEST(run_simulation, one_segment_can_be_given_up_and_is_repaired_again) {
  world here(nodes(3));
  here.boot();
  const auto id = here.start(small(here));
  here.pass(10s);
  std::optional<model::segment_id> running;
  for (const auto& shown : here.segments(id)) {
    if (shown.segment.state == model::segment_state::running) running = shown.segment.id;
  }
  ASSERT_TRUE(running.has_value());
  const auto after = here.run(here.engine().abort_segment(id, *running));
  ASSERT_TRUE(after.has_value()) << after.error().message();
  expect_back_in_line(after->segment, 1);
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(), "");
}

TEST(run_simulation, a_segment_that_was_done_is_repaired_again_when_it_is_aborted) {
  world here(nodes(3));
  here.boot();
  const auto id = here.start(small(here));
  here.pass(100s);
  const auto done = first_in(here, id, model::segment_state::done);
  ASSERT_TRUE(done.has_value());
  const auto after = here.run(here.engine().abort_segment(id, *done));
  ASSERT_TRUE(after.has_value()) << after.error().message();
  expect_back_in_line(after->segment, 1);
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  for (const auto& shown : here.segments(id)) {
    EXPECT_EQ(shown.segment.state, model::segment_state::done);
    EXPECT_EQ(shown.segment.fail_count, shown.segment.id == *done ? 1 : 0);
  }
  EXPECT_EQ(here.wrong(false), "");
  EXPECT_NE(here.wrong(true), "");  // its ranges were repaired twice
}

TEST(run_simulation, segments_of_a_paused_run_are_put_back_and_wait_for_it) {
  world here(nodes(3));
  here.boot();
  const auto id = here.start(small(here));
  here.pass(100s);
  ASSERT_TRUE(here.run(here.engine().pause(id)).has_value());
  here.pass(1min);
  const auto done = first_in(here, id, model::segment_state::done);
  const auto waits = first_in(here, id, model::segment_state::not_started);
  ASSERT_TRUE(done && waits);
  for (const auto segment : {*done, *waits}) {
    for (int times = 1; times <= 2; ++times) {
      const auto after = here.run(here.engine().abort_segment(id, segment));
      ASSERT_TRUE(after.has_value()) << after.error().message();
      expect_back_in_line(after->segment, times);
    }
  }
  here.pass(10min);
  EXPECT_EQ(here.report(id).counts.running, 0);
  ASSERT_TRUE(here.run(here.engine().resume(id)).has_value());
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.report(id).counts.done, here.report(id).counts.total);
  EXPECT_EQ(here.wrong(false), "");
}

TEST(run_simulation, a_run_is_never_done_with_a_segment_that_was_put_back) {
  base::clock::duration length{};
  {
    world here(nodes(3));
    here.boot();
    const auto begun = here.clock().wall_now();
    const auto id = here.start(small(here));
    EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
    length = *here.report(id).run.end_time - begun;
    const auto any = here.segments(id).front().segment.id;
    const auto refused = here.run(here.engine().abort_segment(id, any));
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message().find("on repair run with status DONE"), std::string::npos);
  }
  for (const auto before : {4ms, 2ms, 1ms, 0ms}) {
    world here(nodes(3));
    here.boot();
    const auto begun = here.clock().now();
    const auto id = here.start(small(here));
    here.pass(begun + length - before - here.clock().now());
    const auto done = first_in(here, id, model::segment_state::done);
    ASSERT_TRUE(done.has_value());
    const bool put_back = here.run(here.engine().abort_segment(id, *done)).has_value();
    EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
    for (const auto& shown : here.segments(id)) {
      EXPECT_EQ(shown.segment.state, model::segment_state::done) << before.count();
      EXPECT_EQ(shown.segment.fail_count, put_back && shown.segment.id == *done ? 1 : 0);
    }
  }
}

TEST(run_simulation, a_segment_whose_command_can_not_be_stopped_is_shown_as_it_is) {
  world here(nodes(3));
  here.boot();
  const auto id = here.start(small(here));
  here.pass(10s);
  const auto running = first_in(here, id, model::segment_state::running);
  ASSERT_TRUE(running.has_value());
  for (std::size_t index = 0; index < 3; ++index) here.cassandra().node(index).cut_connection();
  const auto after = here.run(here.engine().abort_segment(id, *running));
  ASSERT_TRUE(after.has_value()) << after.error().message();
  EXPECT_EQ(after->segment.state, model::segment_state::running);
  for (std::size_t index = 0; index < 3; ++index) here.cassandra().node(index).mend_connection();
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(false), "");
}

TEST(run_simulation, every_waiting_segment_has_a_reason) {
  world here(nodes(6));
  here.boot();
  const auto id = here.start(small(here));
  here.pass(45s);
  for (const auto& shown : here.segments(id)) {
    if (shown.segment.state == model::segment_state::not_started) {
      ASSERT_TRUE(shown.waiting.has_value());
      EXPECT_FALSE(shown.waiting->detail.empty());
    }
  }
}

TEST(run_simulation, a_unit_runs_once_at_a_time) {
  world here(nodes(3));
  here.boot();
  here.start(small(here));
  const auto again = here.run(here.engine().create(small(here)));
  ASSERT_TRUE(again.has_value());
  EXPECT_FALSE(here.run(here.engine().start(again->run.id)).has_value());
}

TEST(run_simulation, progress_is_told_in_order_to_the_end) {
  world here(nodes(3));
  here.boot();
  const auto stream = here.engine().subscribe(std::nullopt);
  const auto id = here.start(small(here));
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  int done = 0;
  while (true) {
    const auto event = here.run(stream->next());
    ASSERT_TRUE(event.has_value());
    if (event->what == repair::progress::kind::segment_done) EXPECT_EQ(event->counts.done, ++done);
    if (event->what == repair::progress::kind::run_changed && event->state == run_state::done)
      break;
  }
  EXPECT_EQ(done, here.report(id).counts.total);
}

}  // namespace
}  // namespace helenus::test
