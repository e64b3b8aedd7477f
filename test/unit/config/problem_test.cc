#include "config/problem.h"

#include <gtest/gtest.h>

namespace helenus::config {
namespace {

TEST(problem_test, a_line_has_file_line_key_value_and_what_is_accepted) {
  EXPECT_EQ(to_text("x.yaml", {{3, "a.b", "c", "d is accepted"}}),
            "x.yaml:3: a.b: \"c\": d is accepted\n");
}

TEST(problem_test, what_is_not_known_is_left_out) {
  EXPECT_EQ(to_text("x.yaml", {{0, "", "", "cannot be read"}, {2, "a", "", "a list"}}),
            "x.yaml: cannot be read\nx.yaml:2: a: a list\n");
}

}  // namespace
}  // namespace helenus::config
