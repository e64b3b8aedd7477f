#include "http/target.h"

#include "http/errc.h"

#include <gtest/gtest.h>

namespace helenus::http {
namespace {

using segments = std::vector<std::string>;

TEST(target_test, a_path_is_its_decoded_segments) {
  EXPECT_EQ(parse_target("/")->path, segments{});
  EXPECT_EQ(parse_target("/cluster")->path, segments{"cluster"});
  EXPECT_EQ(parse_target("/a%20b/c%2Fd")->path, (segments{"a b", "c/d"}));
}

TEST(target_test, one_slash_at_the_end_does_not_matter) {
  EXPECT_EQ(parse_target("/cluster/")->path, segments{"cluster"});
  EXPECT_EQ(parse_target("/cluster//")->path, (segments{"cluster", ""}));
}

TEST(target_test, a_plus_is_a_space_in_the_query_and_a_plus_in_the_path) {
  const auto parsed = parse_target("/a+b?owner=a+b%2Bc");
  EXPECT_EQ(parsed->path, segments{"a+b"});
  EXPECT_EQ(parsed->query.first("owner"), "a b+c");
}

TEST(target_test, the_first_of_repeated_parameters_wins) {
  EXPECT_EQ(parse_target("/?a=1&a=2")->query.first("a"), "1");
}

TEST(target_test, a_parameter_may_have_no_value) {
  const auto parsed = parse_target("/?a&b=&=c&&");
  EXPECT_EQ(parsed->query.first("a"), "");
  EXPECT_EQ(parsed->query.first("b"), "");
  EXPECT_EQ(parsed->query.first("c"), std::nullopt);
}

TEST(target_test, the_absolute_form_and_fragments_are_understood) {
  EXPECT_EQ(parse_target("http://host:8080/ping?x=1#y")->path, segments{"ping"});
  EXPECT_EQ(parse_target("http://host:8080")->path, segments{});
  EXPECT_EQ(parse_target("/ping?x=1#y")->query.first("x"), "1");
  EXPECT_EQ(parse_target("*")->path, segments{});
}

TEST(target_test, what_cannot_be_decoded_is_refused) {
  for (const auto* wrong : {"ping", "/%", "/%4", "/%zz", "/?a=%", "/%00", "/a%0Ab", "/?a=%1F",
                            "/%FF", "/%C0%80", "/%ED%A0%80", "/%F4%90%80%80", "/\x80", "host:80"}) {
    const auto parsed = parse_target(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().code, errc::bad_target) << wrong;
  }
}

TEST(target_test, a_refusal_names_the_parameter) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"/?a=1&seedHost=%FF", "the parameter seedHost contains"},
      {"/?seedHost=%zz", "a % in the parameter seedHost is not"},
      {"/?seed%FFHost=a", "the name of a parameter contains"},
      {"/?%C0%80=a", "the name of a parameter contains"},
      {"/%FF", "the path of the request contains"}};
  for (const auto& [text, part] : wrong) {
    const auto parsed = parse_target(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_TRUE(parsed.error().detail.find(part) != std::string::npos) << parsed.error().detail;
  }
}

TEST(target_test, utf8_of_every_length_is_kept) {
  EXPECT_EQ(parse_target("/%C3%A9%E2%82%AC%F0%9F%90%8E")->path, segments{"\u00e9\u20ac\U0001F40E"});
}

TEST(target_test, too_many_parameters_are_refused) {
  std::string text = "/?";
  for (std::size_t i = 0; i < max_parameters; ++i) text += "a=1&";
  EXPECT_TRUE(parse_target(text));
  EXPECT_FALSE(parse_target(text + "a=1"));
}

TEST(target_test, encoding_is_undone_by_decoding) {
  const std::string name = "a b/c?d&e=\u20ac%";
  EXPECT_EQ(parse_target("/" + percent_encode(name))->path, segments{name});
}

}  // namespace
}  // namespace helenus::http
