#include "model/repair_run.h"

#include <gtest/gtest.h>

#include <set>

namespace helenus::model {
namespace {

using enum run_state;
constexpr run_state every_state[] = {not_started,      running, paused, done,
                                     run_state::error, aborted, deleted};

TEST(repair_run_test, these_are_all_the_legal_transitions) {
  const std::set<std::pair<run_state, run_state>> legal{
      {not_started, running},
      {not_started, aborted},
      {not_started, deleted},
      {running, paused},
      {running, done},
      {running, run_state::error},
      {running, aborted},
      {paused, running},
      {paused, aborted},
      {paused, deleted},
      {run_state::error, running},
      {run_state::error, deleted},
      {done, aborted},
      {done, deleted},
      {aborted, deleted},
  };
  for (const auto from : every_state) {
    for (const auto to : every_state) {
      EXPECT_EQ(may_become(from, to), legal.contains({from, to}))
          << to_string(from) << " -> " << to_string(to);
    }
  }
}

TEST(repair_run_test, an_end_is_followed_by_a_retry_an_abort_of_what_is_done_and_deletion_only) {
  for (const auto from : every_state) {
    if (!is_terminated(from)) continue;
    for (const auto to : every_state) {
      if (may_become(from, to)) {
        EXPECT_TRUE(to == deleted || from == run_state::error || (from == done && to == aborted));
      }
    }
  }
}

TEST(repair_run_test, every_state_and_parallelism_survives_text) {
  for (const auto state : every_state) EXPECT_EQ(*parse_run_state(to_string(state)), state);
  for (const auto value : {repair_parallelism::sequential, repair_parallelism::parallel,
                           repair_parallelism::datacenter_aware}) {
    EXPECT_EQ(*parse_repair_parallelism(to_string(value)), value);
  }
  EXPECT_EQ(parse_repair_parallelism("some").error().detail,
            "'some' is not a repair parallelism: expected one of SEQUENTIAL, PARALLEL, "
            "DATACENTER_AWARE");
  EXPECT_FALSE(parse_run_state("running").has_value());
}

}  // namespace
}  // namespace helenus::model
