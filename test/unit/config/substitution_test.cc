#include "config/substitution.h"

#include <gtest/gtest.h>

#include <map>

namespace helenus::config {
namespace {

class substitution_test : public ::testing::Test {
 protected:
  std::string run(std::string_view text) {
    problems.clear();
    return substitute(
        text,
        [this](const std::string& name) -> std::optional<std::string> {
          const auto found = variables.find(name);
          if (found == variables.end()) return std::nullopt;
          return found->second;
        },
        problems);
  }

  std::map<std::string, std::string> variables{
      {"A", "1"}, {"EMPTY", ""}, {"B", "<${A}>"}, {"LOOP", "${LOOP}"}};
  std::vector<problem> problems;
};

TEST_F(substitution_test, values_and_defaults_are_put_in) {
  EXPECT_EQ(run("x ${A} ${NO:-2} ${A:-3} ${NO:-} y"), "x 1 2 1  y");
  EXPECT_TRUE(problems.empty());
}

TEST_F(substitution_test, an_empty_variable_is_defined) { EXPECT_EQ(run("${EMPTY:-2}"), ""); }

TEST_F(substitution_test, values_are_scanned_again) {
  EXPECT_EQ(run("${B}"), "<1>");
  EXPECT_EQ(run("${NO:-$A}${NO:-x}"), "$Ax");
}

TEST_F(substitution_test, dollars_alone_stay_and_three_dollars_escape_through_both_passes) {
  EXPECT_EQ(run("$ $A a$$b ${A"), "$ $A a$$b ${A");
  EXPECT_EQ(run("$$${A}"), "${A}");
  EXPECT_EQ(run("$${A}"), "1");
}

TEST_F(substitution_test, every_missing_variable_is_reported_with_its_line) {
  run("a\n${X}\n# ${Y}\n");
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].line, 2);
  EXPECT_EQ(problems[0].key, "${X}");
  EXPECT_EQ(problems[1].line, 3);
}

TEST_F(substitution_test, a_circle_is_reported) {
  run("${LOOP}");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].accepted.find("itself"), std::string::npos);
}

TEST_F(substitution_test, values_that_grow_without_bounds_are_stopped) {
  variables["BIG"] = std::string(10'000, 'x');
  std::string text;
  for (int i = 0; i < 200; ++i) text += "${BIG}";
  EXPECT_LT(run(text).size(), 2 * max_text_bytes);
  EXPECT_EQ(problems.size(), 1U);
}

}  // namespace
}  // namespace helenus::config
