#include "repair/recovery/orphan_rule.h"

#include <gtest/gtest.h>

namespace helenus::repair {
namespace {

using namespace std::chrono_literals;

model::repair_segment told(bool command_known) {
  model::repair_segment segment;
  segment.coordinator = "10.0.0.1";
  if (command_known) segment.command = model::command_reference{};
  return segment;
}

TEST(orphan_rule, a_known_command_is_followed) {
  EXPECT_EQ(judge_orphan(told(true), {}), orphan_choice::attach);
}

TEST(orphan_rule, a_command_that_may_exist_is_looked_for) {
  EXPECT_EQ(judge_orphan(told(false), {}), orphan_choice::find_out);
}

TEST(orphan_rule, what_no_coordinator_was_told_starts_again) {
  EXPECT_EQ(judge_orphan({}, {}), orphan_choice::again);
}

TEST(orphan_rule, what_another_instance_works_on_is_left_to_it) {
  EXPECT_EQ(judge_orphan(told(true), {.leased = true}), orphan_choice::wait);
  EXPECT_EQ(judge_orphan({}, {.leased = true}), orphan_choice::wait);
}

TEST(orphan_rule, what_a_former_process_of_ours_started_is_ours_whoever_has_the_lease) {
  EXPECT_EQ(judge_orphan(told(true), {.leased = true, .only_ours = true}), orphan_choice::attach);
}

TEST(orphan_rule, what_a_cassandra_reaper_may_have_started_is_left_to_it_while_it_has_the_lease) {
  EXPECT_EQ(judge_orphan(told(false), {.leased = true, .only_ours = true}), orphan_choice::wait);
  EXPECT_EQ(judge_orphan(told(false), {.only_ours = true}), orphan_choice::find_out);
}

TEST(orphan_rule, whoever_may_call_the_coordinator_comes_first) {
  EXPECT_EQ(judge_orphan(told(true), {.callable = false, .unclaimed = 4min}), orphan_choice::wait);
  EXPECT_EQ(judge_orphan(told(true), {.callable = false, .unclaimed = 5min}), orphan_choice::again);
}

TEST(orphan_rule, a_coordinator_that_is_down_repairs_nothing) {
  EXPECT_EQ(judge_orphan(told(true), {.callable = false, .down = true}), orphan_choice::again);
}

}  // namespace
}  // namespace helenus::repair
