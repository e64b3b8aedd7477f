#include "jmx/object/modified_utf8.h"

#include "jmx/errc.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

using namespace std::string_literals;

TEST(modified_utf8, every_kind_of_character_goes_both_ways) {
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"plain", "plain"},
      {"\0"s, "\xc0\x80"},
      {"\u00e9", "\xc3\xa9"},
      {"\u20ac", "\xe2\x82\xac"},
      {"\U0001f600", "\xed\xa0\xbd\xed\xb8\x80"},
      {"\U0010ffff", "\xed\xaf\xbf\xed\xbf\xbf"},
  };
  for (const auto& [text, bytes] : pairs) {
    EXPECT_EQ(to_modified_utf8(text), bytes);
    EXPECT_EQ(*from_modified_utf8(bytes), text);
  }
}

TEST(modified_utf8, lone_surrogates_become_the_replacement_character) {
  EXPECT_EQ(*from_modified_utf8("a\xed\xa0\xbd"), "a\ufffd");
  EXPECT_EQ(*from_modified_utf8("\xed\xa0\xbdz"), "\ufffdz");
  EXPECT_EQ(*from_modified_utf8("\xed\xb8\x80"), "\ufffd");
  EXPECT_EQ(*from_modified_utf8("\xed\xa0\xbd\xed\xa0\xbd\xed\xb8\x80"), "\ufffd\U0001f600");
}

TEST(modified_utf8, cut_and_malformed_sequences_are_refused) {
  for (const auto* bytes :
       {"\x80", "\xc3", "\xc3\x28", "\xe2\x82", "\xe2\x28\xac", "\xf0\x9f\x98\x80"}) {
    EXPECT_EQ(from_modified_utf8(bytes).error().code, make_error_code(errc::malformed)) << bytes;
  }
}

TEST(modified_utf8, what_is_not_utf8_is_replaced_when_it_is_written) {
  for (const auto* text : {"\xff", "\xc0", "\xe2\x82", "\xc0\x80", "\xed\xa0\x80",
                           "\xf5\x80\x80\x80", "\xe2\x28\xac"}) {
    EXPECT_TRUE(to_modified_utf8(text).starts_with("\xef\xbf\xbd")) << text;
    EXPECT_TRUE(from_modified_utf8(to_modified_utf8(text)).has_value());
  }
}

}  // namespace
}  // namespace helenus::jmx
