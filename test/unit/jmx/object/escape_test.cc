#include "jmx/object/escape.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

TEST(escape, control_characters_cannot_reach_a_terminal) {
  EXPECT_EQ(escape("a\nb\tc\x1b[31m\x7f", 100), "a\\nb\\tc\\x1b[31m\\x7f");
  EXPECT_EQ(escape("\u009b"
                   "1m",
                   100),
            "\\x9b"
            "1m");
  EXPECT_EQ(escape("\u00e9", 100), "\u00e9");
}

TEST(escape, long_text_is_cut_between_characters) {
  EXPECT_EQ(escape("abcdef", 3), "abc...");
  EXPECT_EQ(escape("a\u20acb", 2), "a\u20ac...");
  EXPECT_EQ(escape("abc", 3), "abc");
}

}  // namespace
}  // namespace helenus::jmx
