#include "http/cross_origin.h"

#include <gtest/gtest.h>

namespace helenus::http {
namespace {

std::vector<header> headers_for(method verb, std::vector<header> sent) {
  request asked;
  asked.verb = verb;
  asked.headers = std::move(sent);
  response answer;
  allow_cross_origin(asked, answer);
  return answer.headers;
}

TEST(cross_origin_test, without_an_origin_nothing_is_said) {
  EXPECT_TRUE(headers_for(method::get, {}).empty());
}

TEST(cross_origin_test, the_origin_is_repeated_and_may_bring_credentials) {
  const auto said = headers_for(method::get, {{"Origin", "http://ui:3000"}});
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(find_header(said, "Access-Control-Allow-Origin"), "http://ui:3000");
  EXPECT_EQ(find_header(said, "Access-Control-Allow-Credentials"), "true");
}

TEST(cross_origin_test, a_preflight_is_told_what_is_allowed) {
  const auto said = headers_for(
      method::options, {{"Origin", "http://ui:3000"},
                        {"Access-Control-Request-Method", "DELETE"},
                        {"Access-Control-Request-Headers", "content-type, authorization"}});
  EXPECT_EQ(find_header(said, "Access-Control-Allow-Origin"), "http://ui:3000");
  EXPECT_EQ(find_header(said, "Access-Control-Max-Age"), "1800");
  EXPECT_EQ(find_header(said, "Access-Control-Allow-Methods"),
            "OPTIONS,GET,PUT,POST,DELETE,HEAD,PATCH");
  EXPECT_EQ(find_header(said, "Access-Control-Allow-Headers"),
            "X-Requested-With,Content-Type,Accept,Origin,Authorization");
}

TEST(cross_origin_test, a_preflight_for_more_than_is_allowed_is_told_nothing) {
  EXPECT_TRUE(headers_for(method::options, {{"Origin", "http://ui:3000"},
                                            {"Access-Control-Request-Method", "TRACE"}})
                  .empty());
  EXPECT_TRUE(headers_for(method::options, {{"Origin", "http://ui:3000"},
                                            {"Access-Control-Request-Method", "GET"},
                                            {"Access-Control-Request-Headers", "X-Other"}})
                  .empty());
}

}  // namespace
}  // namespace helenus::http
