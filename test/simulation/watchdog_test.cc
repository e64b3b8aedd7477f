// A run can not be silently stuck. Each loss by which repairs are known to stand still is injected
// here or in the tests that are named, and ends in progress or in a named reason:
//
// notifications lost, early, late, twice, out of order  fault_test: command_faults;
// short_repair_test a subscription lost on reconnect                      fault_test:
// cut_connections_lose_no_repair a restart leaves segments STARTED or RUNNING          fault_test:
// crashes, a_long_crash_... calls that never return                               fault_test:
// calls_that_never_answer_... the coordinator or a replica dies, stands still       fault_test:
// a_dead_..., a_paused_node_... members come, go, move, change address                fault_test:
// topology_changes; placement_test storage refuses, for a while or now and then fault_test:
// storage_faults, storage_that_... the oldest runs hold all places                       run_test:
// a_younger_run_passes_... everything at once                                    chaos_test
#include "storage/errc.h"
#include "world.h"

namespace helenus::test {
namespace {

using model::run_state;
using model::waiting_for;

fake_cluster_options nodes(int count) {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", count, 1}};
  options.layout.tokens_per_node = 4;
  return options;
}

repair::run_request small(const world& here, const std::string& keyspace = "shop") {
  auto request = here.request();
  request.segments_per_node = 4;
  request.keyspace = keyspace;
  return request;
}

TEST(watchdog_simulation, what_always_fails_is_tried_ever_less_often_and_says_why) {
  auto options = nodes(3);
  options.fault_rates = {{fault::fail, 1.0}};
  options.repair_time = takes(1s);
  world here(options);
  here.boot();
  const auto id = here.start(small(here));
  here.pass(40min);
  const auto attempts = [&] { return here.cassandra().calls().at("start_repair"); };
  const auto before = attempts();
  here.pass(1h);
  // Ten minutes between two attempts of a segment, less a fifth.
  EXPECT_LE(attempts() - before, here.report(id).counts.total * 8);
  for (const auto& shown : here.segments(id)) {
    EXPECT_GT(shown.segment.fail_count, 5);
    EXPECT_FALSE(shown.segment.last_error.empty());
    if (shown.segment.state == model::segment_state::not_started) {
      EXPECT_TRUE(shown.waiting.has_value());
    }
  }
  const auto shown = here.report(id);
  EXPECT_TRUE(shown.counts.running > 0 || shown.waiting.has_value());
  EXPECT_EQ(shown.run.state, run_state::running);
}

TEST(watchdog_simulation, a_row_that_somebody_else_changed_is_read_again) {
  world here(nodes(3));
  here.boot();
  const auto id = here.start(small(here));
  for (int round = 0; round < 5; ++round) {
    here.pass(10s);
    for (const auto& shown : here.segments(id)) {
      if (shown.segment.state != model::segment_state::running) continue;
      auto reset = shown.segment;  // as an operator's or another program's reset would
      reset.state = model::segment_state::not_started;
      reset.coordinator.reset();
      reset.command.reset();
      reset.start_time.reset();
      static_cast<void>(here.run(here.storage().segments().replace(reset)));
    }
  }
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.cassandra().repaired().never_repaired("shop", here.tables()), "");
}

TEST(watchdog_simulation, runs_go_on_when_storage_can_be_read_at_last) {
  world here(nodes(3));
  here.boot();
  const auto id = here.start(small(here));
  here.pass(1min);
  here.crash();
  bool away = true;
  here.storage().inject_faults([&](std::string_view call) -> std::optional<error> {
    if (away && (call.ends_with("list") || call.ends_with("unfinished"))) {
      return error{storage::errc::unavailable, "the disk is away"};
    }
    return std::nullopt;
  });
  here.boot();
  here.pass(30min);
  ASSERT_TRUE(here.report(id).waiting.has_value());
  EXPECT_EQ(here.report(id).waiting->what, waiting_for::storage);
  EXPECT_EQ(here.report(id).waiting->detail, "the disk is away");
  away = false;
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(), "");
}

TEST(watchdog_simulation, a_run_that_can_not_go_on_keeps_no_other_from_going_on) {
  auto options = nodes(6);
  options.keyspaces.push_back(
      {"market", {{"dc1", 3}}, {{"stalls", "SizeTieredCompactionStrategy"}}});
  world here(options);
  here.boot();
  const auto doomed = here.start(small(here));
  const auto sound = here.start(small(here, "market"));
  here.pass(1min);
  here.crash();
  here.cassandra().drop_keyspace("shop");
  here.boot();
  EXPECT_EQ(here.run_to_end(sound, 24h), run_state::done);
  EXPECT_EQ(here.cassandra().repaired().never_repaired("market", {"stalls"}), "");
  const auto shown = here.report(doomed);
  EXPECT_EQ(shown.run.state, run_state::error);
  EXPECT_NE(shown.run.last_event.find("shop"), std::string::npos) << shown.run.last_event;
}

TEST(watchdog_simulation, a_cluster_that_is_away_when_helenus_starts_is_waited_for) {
  world here(nodes(3));
  here.boot();
  const auto id = here.start(small(here));
  here.pass(1min);
  here.crash();
  for (std::size_t index = 0; index < 3; ++index) here.cassandra().node(index).kill();
  here.boot();
  here.pass(1h);
  ASSERT_TRUE(here.report(id).waiting.has_value());
  EXPECT_FALSE(here.report(id).waiting->detail.empty());
  EXPECT_EQ(here.report(id).run.state, run_state::running);
  for (std::size_t index = 0; index < 3; ++index) here.cassandra().node(index).start();
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.wrong(false), "");
}

TEST(watchdog_simulation, a_node_that_rests_for_one_run_works_for_another) {
  auto options = nodes(3);
  options.keyspaces.push_back(
      {"market", {{"dc1", 3}}, {{"stalls", "SizeTieredCompactionStrategy"}}});
  world here(options);
  here.boot();
  auto lazy = small(here);
  lazy.intensity = 0.1;
  const auto slow = here.start(lazy);
  const auto quick = here.start(small(here, "market"));
  EXPECT_EQ(here.run_to_end(quick, 1h), run_state::done);
  EXPECT_EQ(here.report(slow).run.state, run_state::running);
}

TEST(watchdog_simulation, what_goes_on_for_the_sake_of_others_names_their_repair) {
  world here(nodes(3));
  here.boot();
  for (std::size_t index = 0; index < 3; ++index) {
    here.cassandra().node(index).start_foreign_repair(12h);
  }
  auto options = small(here);
  const auto id = here.start(options);
  here.pass(2min + 10s);
  std::optional<model::segment_id> running;
  for (const auto& shown : here.segments(id)) {
    if (shown.segment.state == model::segment_state::running) running = shown.segment.id;
  }
  ASSERT_TRUE(running.has_value());
  ASSERT_TRUE(here.run(here.engine().pause(id)).has_value());
  here.pass(5s);
  const auto paused = here.report(id);
  ASSERT_EQ(paused.counts.running, 1);
  EXPECT_NE(paused.waiting->detail.find("stopping it would stop repairs of others"),
            std::string::npos)
      << paused.waiting->detail;
  EXPECT_NE(paused.waiting->detail.find("repair command 1, which is not ours"), std::string::npos)
      << paused.waiting->detail;
  EXPECT_TRUE(paused.waiting->node.has_value());
  for (const auto& shown : here.segments(id)) {
    if (shown.segment.id != *running) continue;
    ASSERT_TRUE(shown.waiting.has_value());
    EXPECT_EQ(shown.waiting->what, waiting_for::other_repair);
  }
  here.pass(5min);
  EXPECT_EQ(here.report(id).counts.running, 0);
}

TEST(watchdog_simulation, a_failed_segment_names_a_repair_of_others_on_its_replicas) {
  auto options = nodes(3);
  options.fault_rates = {{fault::fail, 1.0}};
  world here(options);
  here.boot();
  here.cassandra().node(1).start_foreign_repair(12h);
  const auto id = here.start(small(here));
  here.pass(30min);
  bool named = false;
  for (const auto& shown : here.segments(id)) {
    if (!shown.waiting || shown.waiting->what != waiting_for::retry_delay) continue;
    named = named ||
            shown.waiting->detail.find("repair command 1, which is not ours, runs on " +
                                       here.cassandra().node(1).address()) != std::string::npos;
  }
  EXPECT_TRUE(named);
}

}  // namespace
}  // namespace helenus::test
