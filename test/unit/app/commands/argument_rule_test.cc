#include "app/commands/argument_rule.h"

#include <gtest/gtest.h>

namespace helenus::app {
namespace {

TEST(argument_rule_test, a_name_is_text_that_can_be_shown) {
  EXPECT_EQ(wrong_text("shop"), "");
  EXPECT_EQ(wrong_text("caf\xc3\xa9"), "");
  EXPECT_EQ(wrong_text(""), "the value is empty");
  EXPECT_EQ(wrong_text("sh\xffop"), "the value is not UTF-8 text on one line");
  EXPECT_EQ(wrong_text("a\nb"), "the value is not UTF-8 text on one line");
}

TEST(argument_rule_test, a_whole_number_is_in_its_range) {
  for (const auto* good : {"1", "64", "1000"}) EXPECT_EQ(wrong_whole_number(good, 1, 1000), "");
  for (const auto* wrong : {"", "0", "1001", "-5", "1.5", "1e2", "0x10", " 1", "+1", "one", "010",
                            "99999999999999999999", "nan"}) {
    EXPECT_EQ(wrong_whole_number(wrong, 1, 1000), "a whole number from 1 to 1000 is accepted")
        << wrong;
  }
}

TEST(argument_rule_test, a_share_is_above_zero_and_at_most_one) {
  for (const auto* good : {"1", "1.0", "0.5", "0.001", "1e-3"}) EXPECT_EQ(wrong_share(good), "");
  for (const auto* wrong : {"", "0", "0.0", "-0.5", "1.000001", "2", "nan", "NAN", "-nan", "inf",
                            "-inf", "infinity", "1e400", "1e-400", "half", "0,5", " 1"}) {
    EXPECT_EQ(wrong_share(wrong), "a number above 0 and at most 1 is accepted") << wrong;
  }
}

}  // namespace
}  // namespace helenus::app
