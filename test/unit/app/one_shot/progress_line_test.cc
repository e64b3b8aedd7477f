#include "app/one_shot/progress_line.h"

#include <gtest/gtest.h>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

progress_view half_done() {
  return {.total = 216, .done = 108, .running = 1, .elapsed = 20s, .rate = 5.4, .remaining = 20s};
}

TEST(progress_line_test, a_wide_terminal_gets_everything) {
  const auto line = progress_line(half_done(), 100);
  EXPECT_NE(line.find("[████████████████████ "), std::string::npos) << line;
  EXPECT_NE(line.find("108/216 segments  50 %  ETA 0:20  5.4/s  1 running"), std::string::npos)
      << line;
}

TEST(progress_line_test, a_narrow_terminal_keeps_the_counts) {
  EXPECT_EQ(progress_line(half_done(), 18), "108/216 segments");
  EXPECT_EQ(progress_line(half_done(), 24), "108/216 segments  50 %");
}

TEST(progress_line_test, a_pipe_gets_a_sentence) {
  EXPECT_EQ(progress_sentence(half_done()), "108/216 segments, 50 %, ETA 0:20, 5.4/s, 1 running");
}

TEST(progress_line_test, without_speed_there_is_no_eta) {
  progress_view view{.total = 4, .done = 0, .running = 2};
  EXPECT_EQ(progress_sentence(view), "0/4 segments, 0 %, 2 running");
}

TEST(progress_line_test, segments_that_failed_are_told) {
  progress_view view{.total = 4, .done = 1, .running = 1, .failed_before = 2};
  EXPECT_EQ(progress_sentence(view), "1/4 segments, 25 %, 2 to retry, 1 running");
}

TEST(progress_line_test, slow_repairs_are_told_by_the_minute) {
  progress_view view{.total = 4, .done = 1, .running = 0, .rate = 0.05};
  EXPECT_EQ(progress_sentence(view), "1/4 segments, 25 %, 3.0/min, 0 running");
}

TEST(progress_line_test, a_repair_of_nothing_is_complete) {
  EXPECT_NE(progress_sentence({}).find("100 %"), std::string::npos);
}

TEST(progress_line_test, durations_grow_from_minutes_to_hours) {
  EXPECT_EQ(duration_text(7s), "0:07");
  EXPECT_EQ(duration_text(12min + 34s), "12:34");
  EXPECT_EQ(duration_text(3h + 7min), "3:07:00");
}

TEST(progress_rate_test, the_speed_is_that_of_the_last_minute) {
  progress_rate rate;
  EXPECT_FALSE(rate.per_second());
  rate.add(0s, 0);
  rate.add(10s, 10);
  EXPECT_DOUBLE_EQ(*rate.per_second(), 1.0);
  EXPECT_EQ(rate.remaining(30), 30s);
  for (int second = 11; second <= 100; ++second)
    rate.add(std::chrono::seconds(second), 10 + (second - 10) * 4);
  EXPECT_DOUBLE_EQ(*rate.per_second(), 4.0);
}

TEST(progress_rate_test, what_does_not_move_has_no_speed) {
  progress_rate rate;
  rate.add(0s, 5);
  rate.add(30s, 5);
  EXPECT_FALSE(rate.per_second());
  EXPECT_FALSE(rate.remaining(3));
}

}  // namespace
}  // namespace helenus::app
