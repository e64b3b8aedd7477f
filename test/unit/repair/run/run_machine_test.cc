#include "repair/run/run_machine.h"

#include "repair/errc.h"

#include <gtest/gtest.h>

namespace helenus::repair {
namespace {

using model::run_state;

model::repair_run in(run_state state) {
  model::repair_run run;
  run.state = state;
  return run;
}

TEST(run_machine, every_command_is_accepted_in_exactly_the_states_that_its_comment_names) {
  const auto accepted = [](run_command command) {
    std::vector<run_state> states;
    for (int value = 0; value <= static_cast<int>(run_state::deleted); ++value) {
      const auto state = static_cast<run_state>(value);
      const auto next = apply(in(state), command, {}, model::wall_time{});
      if (next) states.push_back(state);
      if (!next) EXPECT_EQ(next.error().code, errc::illegal_transition);
    }
    return states;
  };
  using states = std::vector<run_state>;
  using enum run_state;
  EXPECT_EQ(accepted(run_command::start), (states{not_started, paused, run_state::error}));
  EXPECT_EQ(accepted(run_command::resume), states{paused});
  EXPECT_EQ(accepted(run_command::retry), states{run_state::error});
  EXPECT_EQ(accepted(run_command::pause), states{running});
  EXPECT_EQ(accepted(run_command::abort), (states{not_started, running, paused, done}));
  EXPECT_EQ(accepted(run_command::finish), states{running});
  EXPECT_EQ(accepted(run_command::fail), states{running});
}

TEST(run_machine, times_are_set_exactly_while_they_mean_something) {
  const model::wall_time first{std::chrono::milliseconds(1000)};
  const model::wall_time second{std::chrono::milliseconds(2000)};
  auto run = *apply(in(run_state::not_started), run_command::start, {}, first);
  EXPECT_EQ(run.start_time, first);
  run = *apply(run, run_command::pause, {}, second);
  EXPECT_EQ(run.pause_time, second);
  run = *apply(run, run_command::resume, {}, second);
  EXPECT_FALSE(run.pause_time.has_value());
  EXPECT_EQ(run.start_time, first);
  run = *apply(run, run_command::fail, "no keyspace", second);
  EXPECT_EQ(run.end_time, second);
  EXPECT_EQ(run.last_event, "no keyspace");
  run = *apply(run, run_command::retry, {}, second);
  EXPECT_FALSE(run.end_time.has_value());
}

TEST(run_machine, a_run_that_never_ran_can_be_aborted) {
  const auto run = apply(in(run_state::not_started), run_command::abort, {}, model::wall_time{});
  ASSERT_TRUE(run.has_value());
  EXPECT_TRUE(run->start_time.has_value());
  EXPECT_TRUE(run->end_time.has_value());
}

TEST(run_machine, a_run_that_was_done_ends_again_when_it_is_aborted) {
  auto done = in(run_state::done);
  done.start_time = done.end_time = model::wall_time{std::chrono::milliseconds(1000)};
  const model::wall_time later{std::chrono::milliseconds(2000)};
  const auto run = apply(done, run_command::abort, {}, later);
  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->state, run_state::aborted);
  EXPECT_EQ(run->start_time, done.start_time);
  EXPECT_EQ(run->end_time, later);
}

}  // namespace
}  // namespace helenus::repair
