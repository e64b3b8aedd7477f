#include "api/views/time_view.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

using namespace std::chrono_literals;

TEST(time_view_test, times_are_utc_in_whole_seconds) {
  EXPECT_EQ(to_iso(model::wall_time(1'772'337'906'999ms)), "2026-03-01T04:05:06Z");
  EXPECT_EQ(to_iso(model::wall_time(0ms)), "1970-01-01T00:00:00Z");
}

TEST(time_view_test, words_begin_with_the_largest_unit_that_is_not_zero) {
  EXPECT_EQ(to_words(0s), "0 seconds");
  EXPECT_EQ(to_words(1999ms), "1 second");
  EXPECT_EQ(to_words(59s), "59 seconds");
  EXPECT_EQ(to_words(65s), "1 minute 5 seconds");
  EXPECT_EQ(to_words(3605s), "1 hour 0 minutes 5 seconds");
  EXPECT_EQ(to_words(24h), "1 day 0 hours 0 minutes 0 seconds");
  EXPECT_EQ(to_words(-5s), "0 seconds");
}

}  // namespace
}  // namespace helenus::api
