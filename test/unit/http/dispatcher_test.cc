#include "http/dispatcher.h"

#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::http {
namespace {

class dispatcher_test : public ::testing::Test {
 protected:
  dispatcher_test() {
    const auto hello = [](const request& asked) -> task<response> {
      co_return response{.status = 200,
                         .content_type = "text/plain",
                         .body = "hello " + asked.path_parameters.at(0)};
    };
    const auto fail = [](const request&) -> task<response> { co_return base::errc::not_found; };
    routes.add({method::get, "/hello/{name}", availability::when_ready, "text/plain", hello});
    routes.add({method::get, "/fail", availability::always, "", fail});
  }

  response answer(method verb, const std::string& target, std::vector<header> headers = {}) {
    request asked;
    asked.verb = verb;
    asked.target = *parse_target(target);
    asked.headers = std::move(headers);
    const dispatcher tested(routes, {.cross_origin = cross_origin,
                                     .ready = [this] { return ready; },
                                     .not_ready = [] { return error_response(503); },
                                     .failed = [](const error&) { return error_response(409); }});
    return *test::run(context, clock, tested.answer(asked));
  }

  boost::asio::io_context context;
  base::virtual_clock clock;
  router routes;
  bool ready = true;
  bool cross_origin = false;
};

TEST_F(dispatcher_test, calls_the_handler_with_its_path_parameters) {
  EXPECT_EQ(answer(method::get, "/hello/horse").body, "hello horse");
}

TEST_F(dispatcher_test, holds_back_routes_that_need_a_complete_start) {
  ready = false;
  EXPECT_EQ(answer(method::get, "/hello/horse").status, 503);
  EXPECT_EQ(answer(method::get, "/fail").status, 409);
}

TEST_F(dispatcher_test, turns_the_error_of_a_handler_into_a_response) {
  EXPECT_EQ(answer(method::get, "/fail").status, 409);
}

TEST_F(dispatcher_test, answers_options_and_wrong_methods_with_what_is_allowed) {
  const auto options = answer(method::options, "/fail");
  EXPECT_EQ(options.status, 200);
  EXPECT_EQ(find_header(options.headers, "allow"), "GET,HEAD,OPTIONS");
  const auto wrong = answer(method::post, "/fail");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(find_header(wrong.headers, "allow"), "GET,HEAD,OPTIONS");
  EXPECT_EQ(wrong.body, R"({"code":405,"message":"HTTP 405 Method Not Allowed"})");
}

TEST_F(dispatcher_test, unknown_paths_are_not_found_and_unknown_methods_not_allowed) {
  EXPECT_EQ(answer(method::get, "/nope").status, 404);
  EXPECT_EQ(answer(method::other, "/nope").status, 405);
}

TEST_F(dispatcher_test, other_web_pages_may_read_every_answer_when_it_is_allowed) {
  const std::vector<header> sent{{"Origin", "http://ui"}, {"Access-Control-Request-Method", "PUT"}};
  EXPECT_EQ(answer(method::options, "/fail", sent).headers.size(), 1U);  // Allow
  cross_origin = true;
  const auto preflight = answer(method::options, "/fail", sent);
  EXPECT_EQ(preflight.status, 200);
  EXPECT_TRUE(find_header(preflight.headers, "Access-Control-Allow-Methods"));
  EXPECT_TRUE(find_header(preflight.headers, "Allow"));
  const auto missing = answer(method::get, "/nope", sent);
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(find_header(missing.headers, "Access-Control-Allow-Origin"), "http://ui");
}

TEST_F(dispatcher_test, a_type_that_is_not_accepted_is_not_made) {
  EXPECT_EQ(answer(method::get, "/hello/horse", {{"Accept", "application/json"}}).status, 406);
  EXPECT_EQ(answer(method::get, "/hello/horse", {{"Accept", "*/*"}}).status, 200);
}

}  // namespace
}  // namespace helenus::http
