#include "repair/run/purge_choice.h"

#include <gtest/gtest.h>

namespace helenus::repair {
namespace {

using namespace std::chrono_literals;

constexpr model::wall_time now{1'772'337'600'000ms};

model::repair_run ended(std::chrono::hours ago, model::run_state state = model::run_state::done) {
  model::repair_run run;
  run.state = state;
  run.end_time = now - ago;
  return run;
}

std::size_t chosen(std::vector<model::repair_run> runs, int days, int keep) {
  repair_options defaults;
  defaults.purge_after_days = days;
  defaults.runs_to_keep_per_unit = keep;
  return choose_runs_to_purge(std::move(runs), defaults, now).size();
}

TEST(purge_choice_test, old_runs_go) { EXPECT_EQ(chosen({ended(23h), ended(25h)}, 1, 0), 1U); }

TEST(purge_choice_test, the_newest_of_a_unit_stay) {
  EXPECT_EQ(chosen({ended(3h), ended(1h), ended(2h)}, 0, 2), 1U);
}

TEST(purge_choice_test, both_rules_count_a_run_once) {
  EXPECT_EQ(chosen({ended(25h), ended(26h)}, 1, 1), 2U);
}

TEST(purge_choice_test, zero_switches_a_rule_off) {
  EXPECT_EQ(chosen({ended(99'999h), ended(99'999h)}, 0, 0), 0U);
}

TEST(purge_choice_test, runs_that_are_not_over_stay) {
  EXPECT_EQ(chosen({ended(25h, model::run_state::paused)}, 1, 0), 0U);
}

}  // namespace
}  // namespace helenus::repair
