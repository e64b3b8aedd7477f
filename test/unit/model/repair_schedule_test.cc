#include "model/repair_schedule.h"

#include <gtest/gtest.h>

#include <set>

namespace helenus::model {
namespace {

using enum schedule_state;
constexpr schedule_state every_state[] = {active, paused, deleted};

TEST(repair_schedule_test, these_are_all_the_legal_transitions) {
  const std::set<std::pair<schedule_state, schedule_state>> legal{
      {active, paused}, {paused, active}, {paused, deleted}};
  for (const auto from : every_state) {
    for (const auto to : every_state) {
      EXPECT_EQ(may_become(from, to), legal.contains({from, to}))
          << to_string(from) << " -> " << to_string(to);
    }
  }
}

TEST(repair_schedule_test, every_state_survives_text) {
  for (const auto state : every_state) EXPECT_EQ(*parse_schedule_state(to_string(state)), state);
  EXPECT_EQ(parse_schedule_state("active").error().detail,
            "'active' is not a schedule state: expected one of ACTIVE, PAUSED, DELETED");
}

TEST(repair_schedule_test, its_runs_say_which_one_has_made_them) {
  const schedule_id id(*uuid::parse("10000000-0000-11f0-8000-000000000009"));
  EXPECT_EQ(cause_of_runs(id), "scheduled run (schedule id 10000000-0000-11f0-8000-000000000009)");
}

}  // namespace
}  // namespace helenus::model
