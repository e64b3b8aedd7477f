#include "unit/config/parsed_text.h"

#include <gtest/gtest.h>

namespace helenus::config {
namespace {

TEST(schema_logging_test, levels_of_logback_become_ours) {
  EXPECT_EQ(made("logging: {level: trace}").log.lowest, base::level::debug);
  EXPECT_EQ(made("logging: {level: WARN}").log.lowest, base::level::warn);
  EXPECT_EQ(made("logging: {level: ERROR}").log.lowest, base::level::error);
  EXPECT_NE(complaint("logging: {level: loud}"), "");
}

TEST(schema_logging_test, off_is_no_line_at_all) {
  EXPECT_EQ(made("logging: {level: 'OFF'}").log.lowest, std::nullopt);
  EXPECT_EQ(made("logging: {level: off}").log.lowest, std::nullopt);
}

TEST(schema_logging_test, the_layout_of_an_appender_chooses_the_format) {
  EXPECT_EQ(made("logging: {appenders: [{type: console, layout: {type: json}}]}").log.format,
            log_format::json);
  EXPECT_EQ(made("logging: {appenders: [{type: file}]}").log.format, log_format::text);
  EXPECT_NE(complaint("logging: {appenders: [{colour: red}]}"), "");
}

}  // namespace
}  // namespace helenus::config
