#include "config/substitution.h"

#include <gtest/gtest.h>

#include <map>

namespace helenus::config {
namespace {

class substitution_test : public ::testing::Test {
 protected:
  std::string run(std::string_view text) {
    last = substitute(text, [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      if (found == variables.end()) return std::nullopt;
      return found->second;
    });
    return last.text;
  }

  std::map<std::string, std::string> variables{
      {"A", "1"}, {"EMPTY", ""}, {"B", "<${A}>"}, {"LOOP", "${LOOP}"}};
  substituted last;
};

TEST_F(substitution_test, values_and_defaults_are_put_in) {
  EXPECT_EQ(run("x ${A} ${NO:-2} ${A:-3} ${NO:-} y"), "x 1 2 1  y");
  EXPECT_TRUE(last.unresolved.empty());
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

TEST_F(substitution_test, a_missing_variable_leaves_a_placeholder_and_is_told_with_its_line) {
  const auto text = run("a\n${X}\n# ${Y}\n");
  ASSERT_EQ(last.unresolved.size(), 2U);
  EXPECT_EQ(last.unresolved[0].line, 2);
  EXPECT_EQ(last.unresolved[0].key, "${X}");
  EXPECT_EQ(last.unresolved[1].line, 3);
  EXPECT_EQ(text, "a\n" + placeholder(0) + "\n# " + placeholder(1) + "\n");
  EXPECT_EQ(placeholders_in(text), (std::vector<std::size_t>{0, 1}));
  EXPECT_TRUE(has_placeholder(text));
}

TEST_F(substitution_test, a_name_ends_on_its_line) {
  EXPECT_EQ(run("# costs ${ a lot\na: {b: c}\n"), "# costs ${ a lot\na: {b: c}\n");
  EXPECT_EQ(run("${NO:-a\nb}"), "a\nb");
}

TEST_F(substitution_test, what_only_looks_like_a_placeholder_is_none) {
  const auto cut = placeholder(7).substr(0, 4);
  EXPECT_EQ(placeholders_in(cut), std::vector<std::size_t>{});
  EXPECT_EQ(placeholders_in(cut + "x" + placeholder(12)), std::vector<std::size_t>{12});
}

TEST_F(substitution_test, a_circle_is_told) {
  run("${LOOP}");
  ASSERT_EQ(last.unresolved.size(), 1U);
  EXPECT_NE(last.unresolved[0].accepted.find("itself"), std::string::npos);
}

TEST_F(substitution_test, values_that_grow_without_bounds_are_stopped) {
  variables["BIG"] = std::string(10'000, 'x');
  std::string text;
  for (int i = 0; i < 200; ++i) text += "${BIG}";
  EXPECT_LT(run(text).size(), 2 * max_text_bytes);
  EXPECT_TRUE(last.too_large);
}

}  // namespace
}  // namespace helenus::config
