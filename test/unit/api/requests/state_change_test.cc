#include "api/requests/state_change.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

TEST(state_change_test, the_whole_table) {
  using enum model::run_state;
  const auto choose = choose_state_change;
  for (const auto from : {not_started, running, paused, done, model::run_state::error, aborted}) {
    for (const auto to :
         {not_started, running, paused, done, model::run_state::error, aborted, deleted}) {
      auto expected = state_change::refused;
      if (from == to) expected = state_change::already;
      if (to == running && (from == not_started || from == paused || from == error)) {
        expected = state_change::start;
      }
      if (to == paused && from == running) expected = state_change::pause;
      if (to == aborted && (from == running || from == paused || from == done)) {
        expected = state_change::abort;
      }
      EXPECT_EQ(choose(from, to), expected)
          << model::to_string(from) << " -> " << model::to_string(to);
    }
  }
}

}  // namespace
}  // namespace helenus::api
