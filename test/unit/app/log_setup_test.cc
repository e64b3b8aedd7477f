#include "app/log_setup.h"

#include <gtest/gtest.h>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

constexpr base::clock::wall_time now{1'772'337'600'123ms};

using config::log_format;

std::string format(log_format format, std::vector<base::log_field> fields) {
  return format_line({base::level::warn, "repair", "a node is slow", fields}, format, now);
}

TEST(log_setup_test, a_text_line_has_time_level_component_sentence_and_values) {
  EXPECT_EQ(format(log_format::text, {{"node", "10.0.0.1"}, {"why", "no answer"}, {"empty", ""}}),
            "2026-03-01T04:00:00.123Z WARN repair: a node is slow node=10.0.0.1 "
            "why=\"no answer\" empty=\"\"\n");
}

TEST(log_setup_test, a_value_cannot_forge_a_line_or_a_field) {
  EXPECT_EQ(format(log_format::text, {{"text", "a\nERROR x=\"1\"\x1b"}}),
            "2026-03-01T04:00:00.123Z WARN repair: a node is slow "
            "text=\"a\\nERROR x=\\\"1\\\"\\u001b\"\n");
}

TEST(log_setup_test, a_json_line_is_one_object) {
  EXPECT_EQ(format(log_format::json, {{"node", "10.0.0.1"}}),
            R"({"time":"2026-03-01T04:00:00.123Z","level":"WARN","component":"repair",)"
            R"("message":"a node is slow","node":"10.0.0.1"})"
            "\n");
}

TEST(log_setup_test, a_log_that_is_off_says_nothing) {
  testing::internal::CaptureStdout();
  set_up_log({.lowest = std::nullopt});
  base::log_error("repair", "a node is slow");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  set_up_log({});
  testing::internal::CaptureStdout();
  base::log_error("repair", "a node is slow");
  EXPECT_NE(testing::internal::GetCapturedStdout(), "");
  base::set_log_sink({});
}

}  // namespace
}  // namespace helenus::app
