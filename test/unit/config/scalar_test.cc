#include "config/scalar.h"

#include <gtest/gtest.h>

namespace helenus::config {
namespace {

using namespace std::chrono_literals;

TEST(scalar_test, durations_of_both_kinds_are_read) {
  EXPECT_EQ(parse_duration("PT10M"), 10min);
  EXPECT_EQ(parse_duration("P1DT2H"), 26h);
  EXPECT_EQ(parse_duration("PT0.5S"), 500ms);
  EXPECT_EQ(parse_duration("10s"), 10s);
  EXPECT_EQ(parse_duration(" 1 minute "), 1min);
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("2 days"), 48h);
}

TEST(scalar_test, what_is_not_a_duration_is_refused) {
  for (const auto* wrong : {"", "P", "PT", "PT5", "P5M", "10", "s", "-1s", "1 fortnight", "1e5s",
                            "PT1S2", "99999999999999999999s", "nans", "1sS"}) {
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  }
}

TEST(scalar_test, sizes_are_bytes) {
  EXPECT_EQ(parse_size("8KiB"), 8192U);
  EXPECT_EQ(parse_size("10MB"), 10'000'000U);
  EXPECT_EQ(parse_size("512"), 512U);
  EXPECT_EQ(parse_size("1 MiB"), 1024U * 1024);
  EXPECT_EQ(parse_size("-1"), std::nullopt);
  EXPECT_EQ(parse_size("1 yard"), std::nullopt);
}

TEST(scalar_test, numbers_are_whole_texts) {
  EXPECT_EQ(parse_integer(" 12 "), 12);
  EXPECT_EQ(parse_integer("-3"), -3);
  EXPECT_EQ(parse_integer("12a"), std::nullopt);
  EXPECT_EQ(parse_integer("99999999999999999999"), std::nullopt);
  EXPECT_EQ(parse_number("1e-1"), 0.1);
  EXPECT_EQ(parse_number("nan"), std::nullopt);
  EXPECT_EQ(parse_number("inf"), std::nullopt);
}

TEST(scalar_test, enumerations_ignore_case_blanks_and_separators) {
  EXPECT_EQ(enumeration_name(" datacenter-aware "), "DATACENTER_AWARE");
  EXPECT_EQ(parse_boolean("True"), true);
  EXPECT_EQ(parse_boolean("yes"), std::nullopt);
}

TEST(scalar_test, edit_distance_counts_changes) {
  EXPECT_EQ(edit_distance("abc", "abc"), 0U);
  EXPECT_EQ(edit_distance("abc", "abd"), 1U);
  EXPECT_EQ(edit_distance("abc", "bc"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
}

}  // namespace
}  // namespace helenus::config
