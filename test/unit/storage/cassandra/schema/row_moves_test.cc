#include "storage/cassandra/schema/row_moves.h"

#include <gtest/gtest.h>

namespace helenus::storage::cassandra {
namespace {

using enum model::run_state;

model::wall_time at(int seconds) { return model::wall_time(std::chrono::seconds(seconds)); }

TEST(run_times, are_set_exactly_in_the_states_that_have_them) {
  for (const auto state : {not_started, running, paused, done, error, aborted, deleted}) {
    for (const run_times given : {run_times{}, run_times{at(1), at(2), at(3)}}) {
      const auto times = mended(state, given);
      EXPECT_EQ(times.start.has_value(), state != not_started);
      EXPECT_EQ(times.pause.has_value(), state == paused);
      EXPECT_EQ(times.end.has_value(), model::is_terminated(state));
      EXPECT_EQ(mended(state, times), times);
    }
  }
}

TEST(run_times, stay_where_they_are_known) {
  EXPECT_EQ(mended(done, {at(1), at(2), at(3)}), (run_times{at(1), {}, at(3)}));
  EXPECT_EQ(mended(paused, {at(1), at(2), {}}), (run_times{at(1), at(2), {}}));
  EXPECT_EQ(mended(done, {at(1), {}, {}}), (run_times{at(1), {}, at(1)}));
  EXPECT_EQ(mended(aborted, {}), (run_times{at(0), {}, at(0)}));
}

}  // namespace
}  // namespace helenus::storage::cassandra
