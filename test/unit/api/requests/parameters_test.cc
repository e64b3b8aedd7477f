#include "api/requests/parameters.h"

#include "api/errc.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

using texts = std::set<std::string>;

http::parameters query(std::string_view text) { return *http::parse_parameters(text); }

TEST(parameters_test, a_blank_value_is_absent) {
  EXPECT_EQ(optional_text(query("a=&b=%20&c=x"), "a"), std::nullopt);
  EXPECT_EQ(optional_text(query("a=&b=%20&c=x"), "b"), std::nullopt);
  EXPECT_EQ(optional_text(query("a=&b=%20&c=x"), "c"), "x");
  EXPECT_EQ(required_text(query("a="), "a").error().code, errc::bad_parameter);
}

TEST(parameters_test, integers_are_whole_texts_of_32_bits) {
  EXPECT_EQ(*optional_integer(query("n=-5"), "n"), -5);
  EXPECT_EQ(*optional_integer(query(""), "n"), std::nullopt);
  for (const auto* wrong : {"n=x", "n=1.5", "n=1x", "n=2147483648", "n=0x1"}) {
    EXPECT_EQ(optional_integer(query(wrong), "n").error().code, errc::not_an_integer) << wrong;
  }
}

TEST(parameters_test, flags_are_strict_or_lenient_as_the_route_says) {
  EXPECT_TRUE(*strict_flag(query("f=TRUE"), "f", false));
  EXPECT_TRUE(*strict_flag(query(""), "f", true));
  EXPECT_EQ(strict_flag(query("f=yes"), "f", false).error().code, errc::bad_parameter);
  EXPECT_TRUE(lenient_flag(query("f=True"), "f"));
  EXPECT_FALSE(lenient_flag(query("f=yes"), "f"));
}

TEST(parameters_test, comma_lists_lose_brackets_quotes_and_blanks) {
  EXPECT_EQ(comma_list("a,b"), (texts{"a", "b"}));
  EXPECT_EQ(comma_list(R"(["a", "b"])"), (texts{"a", "b"}));
  EXPECT_EQ(comma_list(" , ,()"), texts{});
  EXPECT_EQ(comma_list(""), texts{});
}

TEST(parameters_test, uuids_may_have_short_groups) {
  EXPECT_EQ(parse_lenient_uuid("1-1-1-1-1")->to_string(), "00000001-0001-0001-0001-000000000001");
  EXPECT_EQ(parse_lenient_uuid("7B0C2A40-14AA-11F0-9C3E-5D1F2A7B9E01")->to_string(),
            "7b0c2a40-14aa-11f0-9c3e-5d1f2a7b9e01");
  for (const auto* wrong : {"", "x", "1-1-1-1", "1-1-1-1-", "1-1-1-1-1-1", "-1-1-1-1",
                            "123456789-1-1-1-1", "g-1-1-1-1", "1-1-1-1-1234567890123"}) {
    EXPECT_EQ(parse_lenient_uuid(wrong).error().code, errc::not_a_uuid) << wrong;
  }
}

}  // namespace
}  // namespace helenus::api
