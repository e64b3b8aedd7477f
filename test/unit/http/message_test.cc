#include "http/message.h"

#include <gtest/gtest.h>

namespace helenus::http {
namespace {

TEST(message_test, no_accept_header_accepts_everything) {
  EXPECT_TRUE(accepts(std::nullopt, "text/plain"));
  EXPECT_TRUE(accepts("", "text/plain"));
}

TEST(message_test, accept_is_matched_by_type_subtype_and_wildcard) {
  EXPECT_TRUE(accepts("text/plain", "text/plain; charset=utf-8"));
  EXPECT_TRUE(accepts("TEXT/Plain", "text/plain"));
  EXPECT_TRUE(accepts("text/*", "text/plain"));
  EXPECT_TRUE(accepts("application/json;q=0.9, text/plain", "text/plain"));
  EXPECT_TRUE(accepts("application/json, */*;q=0.1", "text/plain"));
  EXPECT_FALSE(accepts("application/json", "text/plain"));
  EXPECT_FALSE(accepts("text/html, application/*", "text/plain"));
}

TEST(message_test, a_quality_of_zero_refuses) {
  EXPECT_FALSE(accepts("text/plain;q=0", "text/plain"));
  EXPECT_FALSE(accepts("text/plain; q=0.0", "text/plain"));
}

TEST(message_test, headers_are_found_whatever_their_case) {
  request asked;
  asked.headers = {{"HOST", "helenus:8080"}, {"host", "second"}};
  EXPECT_EQ(asked.header_value("Host"), "helenus:8080");
  EXPECT_EQ(asked.base_url(), "http://helenus:8080");
}

TEST(message_test, without_a_host_header_the_local_address_is_named) {
  request asked;
  asked.local = "127.0.0.1:8080";
  EXPECT_EQ(asked.base_url(), "http://127.0.0.1:8080");
}

TEST(message_test, an_error_is_a_json_object) {
  const auto answer = error_response(404);
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, R"({"code":404,"message":"HTTP 404 Not Found"})");
  EXPECT_EQ(error_response(400, "a \"b\"").body, R"({"code":400,"message":"a \"b\""})");
}

TEST(message_test, a_token_in_the_query_is_not_logged) {
  const auto logged = [](const std::string& target) {
    request asked;
    asked.raw_target = target;
    asked.target = *parse_target(target);
    return logged_target(asked);
  };
  EXPECT_EQ(logged("/repair_run?state=DONE"), "/repair_run?state=DONE");
  EXPECT_EQ(logged("/cluster?access_token=a.b.c"), "/cluster?...");
  EXPECT_EQ(logged("/cluster?limit=1&acc%65ss%5FTOKEN=a.b.c"), "/cluster?...");
  EXPECT_EQ(logged("/login?username=ana&Password=p"), "/login?...");
  EXPECT_EQ(logged("/crypto/encr%79pt/s3cret?x=y"), "/.../encrypt/...");
}

TEST(message_test, method_names_are_upper_case) {
  EXPECT_EQ(method_from("DELETE"), method::del);
  EXPECT_EQ(method_from("delete"), method::other);
  EXPECT_EQ(method_from("TRACE"), method::other);
  EXPECT_EQ(to_text(method::patch), "PATCH");
}

TEST(message_test, gzip_is_used_for_clients_that_say_so) {
  for (const auto* yes : {"gzip", "deflate, GZIP;q=0.5", "*", "br;q=1.0, gzip;q=0.8, *;q=0.1"}) {
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  }
  for (const auto* no : {"", "identity", "gzip;q=0", "gzip; q=0, *", "*;q=0", "gzipped"}) {
    EXPECT_FALSE(accepts_gzip(no)) << no;
  }
  EXPECT_FALSE(accepts_gzip(std::nullopt));
}

}  // namespace
}  // namespace helenus::http
