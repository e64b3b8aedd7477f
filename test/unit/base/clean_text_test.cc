#include "base/clean_text.h"

#include <gtest/gtest.h>

#include <string>

namespace helenus::base {
namespace {

TEST(clean_text_test, text_of_every_length_of_sequence_is_clean) {
  for (const auto* text : {"", "shop", "caf\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                           "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_clean_text(text)) << text;
  }
}

TEST(clean_text_test, what_is_not_utf8_is_not_clean) {
  for (const auto* text :
       {"\xff", "a\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xe2\x82",
        "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf0\x9f\x98", "\xf5\x80\x80\x80"}) {
    EXPECT_FALSE(is_clean_text(text));
  }
}

TEST(clean_text_test, control_characters_are_not_clean) {
  for (const auto* text : {"\n", "a\x1b[2J", "\x7f", "\t"}) EXPECT_FALSE(is_clean_text(text));
  EXPECT_FALSE(is_clean_text(std::string(1, '\0')));
}

}  // namespace
}  // namespace helenus::base
