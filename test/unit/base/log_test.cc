#include "base/log.h"

#include "support/captured_log.h"

#include <gtest/gtest.h>

namespace helenus::base {
namespace {

TEST(log_test, a_line_carries_its_component_and_named_values) {
  test::captured_log log;
  log_info("repair", "segment done", {{"run", "7"}, {"seconds", "3"}});
  ASSERT_EQ(log.lines().size(), 1U);
  EXPECT_EQ(log.lines()[0], "info repair: segment done run=7 seconds=3");
}

TEST(log_test, lines_below_the_level_are_not_made) {
  test::captured_log log;
  set_log_level(level::warn);
  log_info("repair", "chatter");
  log_error("repair", "trouble");
  EXPECT_FALSE(log.contains("chatter"));
  EXPECT_TRUE(log.contains("trouble"));
}

TEST(log_test, without_a_sink_only_trouble_reaches_standard_error) {
  ::testing::internal::CaptureStderr();
  log_info("repair", "chatter");
  log_warn("repair", "trouble", {{"node", "n1"}});
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "helenus: trouble node=n1\n");
}

}  // namespace
}  // namespace helenus::base
