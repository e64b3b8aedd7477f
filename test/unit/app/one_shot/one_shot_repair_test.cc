#include "app/one_shot/one_shot_repair.h"

#include "one_shot_world.h"
#include "repair/errc.h"

#include <gtest/gtest.h>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;
using test::fault;

TEST(one_shot_repair_test, every_range_is_repaired_once_and_the_exit_code_is_zero) {
  one_shot_world here(one_shot_world::nodes(6));
  EXPECT_EQ(*here.repair(here.options()), exit_repaired);
  EXPECT_EQ(here.cassandra.repaired().not_exactly_once("shop", here.tables), "");
  ASSERT_TRUE(here.report.end);
  EXPECT_EQ(here.report.end->progress.done, here.report.end->progress.total);
  EXPECT_GT(here.report.end->progress.total, 0);
  EXPECT_TRUE(here.report.end->failures.empty());
  EXPECT_EQ(here.report.end->resume_hint, "");
  EXPECT_FALSE(here.report.resumed);
}

TEST(one_shot_repair_test, without_a_keyspace_all_that_can_be_repaired_are) {
  auto with = one_shot_world::nodes(6);
  with.keyspaces.push_back({"market", {{"dc1", 2}}, {{"stalls", "SizeTieredCompactionStrategy"}}});
  with.keyspaces.push_back({"single", {{"dc1", 1}}, {{"t", "SizeTieredCompactionStrategy"}}});
  with.keyspaces.push_back({"bare", {{"dc1", 3}}, {}});
  one_shot_world here(with);
  auto options = here.options();
  options.keyspace.clear();
  EXPECT_EQ(*here.repair(options), exit_repaired);
  auto planned = here.report.keyspaces;
  std::sort(planned.begin(), planned.end());
  EXPECT_EQ(planned, (std::vector<std::string>{"market", "shop", "single"}));
  EXPECT_EQ(here.cassandra.repaired().not_exactly_once("shop", here.tables), "");
  EXPECT_EQ(here.cassandra.repaired().not_exactly_once("market", {"stalls"}), "");
}

TEST(one_shot_repair_test, a_cluster_with_nothing_to_repair_is_told) {
  auto with = one_shot_world::nodes(3);
  with.keyspaces = {{"bare", {{"dc1", 3}}, {}}};
  one_shot_world here(with);
  auto options = here.options();
  options.keyspace.clear();
  const auto outcome = here.repair(options);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, repair::errc::nothing_to_repair);
  EXPECT_NE(outcome.error().message().find("no keyspace that can be repaired"), std::string::npos);
}

TEST(one_shot_repair_test, what_is_not_there_is_named) {
  one_shot_world here(one_shot_world::nodes(3));
  auto options = here.options();
  options.keyspace = "no_shop";
  auto outcome = here.repair(options);
  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().message().find("no_shop"), std::string::npos)
      << outcome.error().message();
  options = here.options();
  options.tables = {"orders", "no_table"};
  outcome = here.repair(options);
  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().message().find("no_table"), std::string::npos)
      << outcome.error().message();
  EXPECT_TRUE(here.cassandra.command_counts().empty());
}

TEST(one_shot_repair_test, only_the_tables_that_were_named_are_repaired) {
  one_shot_world here(one_shot_world::nodes(3));
  auto options = here.options();
  options.tables = {"orders"};
  EXPECT_EQ(*here.repair(options), exit_repaired);
  EXPECT_EQ(here.cassandra.repaired().not_exactly_once("shop", {"orders"}), "");
  EXPECT_NE(here.cassandra.repaired().never_repaired("shop", {"visits"}), "");
}

TEST(one_shot_repair_test, a_segment_that_fails_twice_is_tried_a_third_time) {
  one_shot_world here(one_shot_world::nodes(3));
  here.cassandra.node(0).inject(fault::fail);
  here.cassandra.node(1).inject(fault::fail);
  EXPECT_EQ(*here.repair(here.options()), exit_repaired);
  EXPECT_GE(here.report.postponed, 1);
  EXPECT_EQ(here.cassandra.repaired().never_repaired("shop", here.tables), "");
  EXPECT_TRUE(here.report.end->failures.empty());
}

TEST(one_shot_repair_test, when_only_segments_are_left_that_failed_three_times_it_gives_up) {
  auto with = one_shot_world::nodes(3);
  with.fault_rates = {{fault::fail, 1.0}};
  one_shot_world here(with);
  const auto begun = here.clock.now();
  EXPECT_EQ(*here.repair(here.options()), exit_segments_failed);
  ASSERT_TRUE(here.report.end);
  const auto& end = *here.report.end;
  EXPECT_EQ(end.progress.done, 0);
  EXPECT_GE(here.report.postponed, 3 * end.progress.total);
  EXPECT_LE(here.report.postponed, 4 * end.progress.total) << "hopeless ones are not waited for";
  EXPECT_EQ(end.failures.size(), static_cast<std::size_t>(std::min(10, end.progress.total)));
  EXPECT_TRUE(end.failures.front().starts_with("shop: ")) << end.failures.front();
  EXPECT_NE(end.resume_hint.find("--state"), std::string::npos);
  EXPECT_LT(here.clock.now() - begun, 24h);
}

TEST(one_shot_repair_test, one_hopeless_segment_keeps_no_other_from_being_repaired) {
  one_shot_world here(one_shot_world::nodes(3));
  std::optional<model::segment_id> victim;
  here.report.listener = [&](const repair::progress& event) {
    if (event.what != repair::progress::kind::segment_started) return;
    if (!victim) victim = event.segment;
    // Whoever coordinates it loses it. All nodes replicate all, so nothing else runs meanwhile.
    if (event.segment == victim) here.cassandra.node(event.text).restart();
  };
  EXPECT_EQ(*here.repair(here.options()), exit_segments_failed);
  EXPECT_EQ(here.report.end->progress.done, here.report.end->progress.total - 1);
  EXPECT_EQ(here.report.end->failures.size(), 1U);
  EXPECT_EQ(here.report.postponed, 3);
}

TEST(one_shot_repair_test, a_segment_that_takes_longer_than_the_patience_is_waited_for) {
  auto with = one_shot_world::nodes(3);
  with.layout.tokens_per_node = 1;
  // Longer than the first attempt may take, too: it fails once.
  with.repair_time = [](const management::repair_request& request, std::uint64_t) {
    const bool large =
        std::any_of(request.ranges.begin(), request.ranges.end(),
                    [](const auto& range) { return range.contains(model::token(0)); });
    return large ? test::duration(40min) : test::duration(1s);
  };
  one_shot_world here(with);
  auto options = here.options();
  options.segments_per_node = 1;
  EXPECT_EQ(*here.repair(options), exit_repaired);
  EXPECT_EQ(here.report.postponed, 1);
}

TEST(one_shot_repair_test, it_waits_half_an_hour_for_a_node_and_then_says_for_which) {
  one_shot_world here(one_shot_world::nodes(3));
  const auto down = here.cassandra.node(2).address();
  const auto begun = here.clock.now();
  EXPECT_EQ(*here.repair(here.options(), 40s, [&](auto&) { here.cassandra.node(2).kill(); }),
            exit_segments_failed);
  EXPECT_GT(here.clock.now() - begun, 30min);
  EXPECT_LT(here.clock.now() - begun, 45min);
  ASSERT_FALSE(here.report.reasons.empty());
  EXPECT_NE(here.report.reasons.back().find(down), std::string::npos) << here.report.reasons.back();
  ASSERT_FALSE(here.report.end->failures.empty());
  EXPECT_NE(here.report.end->failures.back().find(down), std::string::npos)
      << here.report.end->failures.back();

  here.cassandra.node(2).start();
  EXPECT_EQ(*here.repair(here.options()), exit_repaired);
  EXPECT_TRUE(here.report.resumed);
  EXPECT_EQ(here.cassandra.repaired().never_repaired("shop", here.tables), "");
}

TEST(one_shot_repair_test, a_node_that_comes_back_in_time_costs_nothing) {
  one_shot_world here(one_shot_world::nodes(3));
  here.cassandra.node(2).kill();
  EXPECT_EQ(*here.repair(here.options(), 20min, [&](auto&) { here.cassandra.node(2).start(); }),
            exit_repaired);
  EXPECT_EQ(here.cassandra.repaired().not_exactly_once("shop", here.tables), "");
}

TEST(one_shot_repair_test, interrupted_it_leaves_no_command_and_goes_on_later) {
  one_shot_world here(one_shot_world::nodes(6));
  EXPECT_EQ(*here.repair(here.options(), 75s, [](auto& host) { EXPECT_TRUE(host.stop()); }),
            exit_interrupted);
  EXPECT_TRUE(here.report.was_interrupted);
  EXPECT_EQ(here.cassandra.command_counts()[test::command_end::none], 0);
  const auto done = here.report.end->progress.done;
  EXPECT_GT(done, 0);
  EXPECT_LT(done, here.report.end->progress.total);
  EXPECT_NE(here.report.end->resume_hint, "");

  EXPECT_EQ(*here.repair(here.options()), exit_repaired);
  EXPECT_TRUE(here.report.resumed);
  EXPECT_EQ(here.report.done_before, done);
  EXPECT_EQ(here.cassandra.repaired().not_exactly_once("shop", here.tables), "");

  EXPECT_EQ(*here.repair(here.options()), exit_repaired);
  EXPECT_FALSE(here.report.resumed) << "what has ended is not taken up";
}

TEST(one_shot_repair_test, after_a_crash_the_same_command_goes_on) {
  one_shot_world here(one_shot_world::nodes(6));
  auto options = here.options();
  options.keyspace.clear();
  here.repair_and_crash(options, 75s);
  EXPECT_EQ(*here.repair(options), exit_repaired);
  EXPECT_TRUE(here.report.resumed);
  EXPECT_GT(here.report.done_before, 0);
  EXPECT_EQ(here.cassandra.repaired().not_exactly_once("shop", here.tables), "");
}

TEST(one_shot_repair_test, an_unfinished_repair_refuses_other_options_and_is_not_touched) {
  one_shot_world here(one_shot_world::nodes(6));
  here.repair_and_crash(here.options(), 45s);
  const auto commands = [&] {
    int sum = 0;
    for (const auto& [end, count] : here.cassandra.command_counts()) sum += count;
    return sum;
  };
  const auto before = commands();
  std::vector<one_shot_options> others(4, here.options());
  others[0].segments_per_node = 5;
  others[1].tables = {"orders"};
  others[2].parallelism = model::repair_parallelism::sequential;
  others[3].datacenters = {"dc1"};
  for (const auto& other : others) {
    const auto outcome = here.repair(other);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, repair::errc::unit_busy) << outcome.error().message();
  }
  here.clock.run(here.context, 10min);
  EXPECT_EQ(commands(), before);
}

TEST(one_shot_repair_test, a_repair_that_goes_on_may_be_slower_or_faster) {
  one_shot_world here(one_shot_world::nodes(3));
  here.repair_and_crash(here.options(), 45s);
  auto slower = here.options();
  slower.intensity = 0.5;
  EXPECT_EQ(*here.repair(slower), exit_repaired);
  const auto runs = test::run(here.context, here.clock, here.storage.runs().list({}));
  ASSERT_EQ(runs->size(), 1U);
  EXPECT_EQ(runs->front().intensity, 0.5);
}

}  // namespace
}  // namespace helenus::app
