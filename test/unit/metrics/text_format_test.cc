#include "metrics/registry.h"

#include <gtest/gtest.h>

#include <limits>

namespace helenus::metrics {
namespace {

TEST(text_format_test, values_and_names_cannot_break_the_format) {
  registry all;
  all.level("x", "A\nB\\", {{"id", "a\"b\\c\nd"}}).set(0.5);
  EXPECT_EQ(all.text(), "# HELP x A\\nB\\\\\n# TYPE x gauge\nx{id=\"a\\\"b\\\\c\\nd\",} 0.5\n");
}

TEST(text_format_test, numbers_without_an_end_have_names) {
  registry all;
  const auto level = all.level("x", "X.");
  level.set(std::numeric_limits<double>::infinity());
  EXPECT_TRUE(all.text().ends_with("x +Inf\n"));
  level.set(-std::numeric_limits<double>::infinity());
  EXPECT_TRUE(all.text().ends_with("x -Inf\n"));
  level.set(std::numeric_limits<double>::quiet_NaN());
  EXPECT_TRUE(all.text().ends_with("x NaN\n"));
}

TEST(text_format_test, a_counter_says_that_it_is_one) {
  registry all;
  all.count("done", "Done.").add(3);
  EXPECT_EQ(all.text(), "# HELP done Done.\n# TYPE done counter\ndone 3\n");
}

}  // namespace
}  // namespace helenus::metrics
