#include "http/client.h"

#include "http/errc.h"
#include "http/server.h"
#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::http {
namespace {

using namespace std::chrono_literals;

/// A server on a free port that says what it was asked, and a client that asks it once.
class client_test : public ::testing::Test {
 protected:
  task<response> answer(request& asked) {
    if (asked.raw_target == "/slow") co_await clock.sleep_for(1h);
    response made{.status = 201,
                  .content_type = "text/plain",
                  .body = std::string(to_text(asked.verb)) + " " + asked.raw_target + " " +
                          std::string(asked.header_value("X-More").value_or("")) + asked.body};
    made.headers.push_back({"Location", "/there"});
    co_return made;
  }

  task<response> serve_one(request what, client_options options) {
    auto listener = net::listener::open(context.get_executor(), {.host = "127.0.0.1", .port = 0});
    server tested(context.get_executor(), clock, std::move(*listener), {},
                  [this](request& asked) { return answer(asked); });
    base::task_group group(context.get_executor());
    group.spawn("server", tested.run());
    options.host = "127.0.0.1";
    options.port = tested.port();
    auto received = co_await fetch(clock, options, std::move(what));
    group.cancel();
    CO_TRY_VOID(co_await group.join());
    co_return received;
  }

  result<response> ask(request what, client_options options = {}) {
    return test::run_blocking(context, serve_one(std::move(what), std::move(options)));
  }

  boost::asio::io_context context;
  base::real_clock clock;
};

TEST_F(client_test, sends_method_target_headers_and_body_and_reads_the_answer) {
  const auto received = ask({.verb = method::post,
                             .raw_target = "/a?b=c",
                             .headers = {{"X-More", "more"}},
                             .body = "body"});
  ASSERT_TRUE(received) << received.error().message();
  EXPECT_EQ(received->status, 201);
  EXPECT_EQ(received->content_type, "text/plain");
  EXPECT_EQ(received->body, "POST /a?b=c morebody");
  EXPECT_EQ(find_header(received->headers, "location"), "/there");
}

TEST_F(client_test, an_answer_to_head_has_no_body) {
  EXPECT_EQ(ask({.verb = method::head, .raw_target = "/"})->body, "");
}

TEST_F(client_test, an_answer_that_does_not_come_is_a_time_out) {
  EXPECT_EQ(ask({.raw_target = "/slow"}, {.host = {}, .timeout = 50ms}).error().code,
            base::errc::timed_out);
}

TEST_F(client_test, an_answer_that_is_too_large_is_refused) {
  EXPECT_EQ(ask({.raw_target = "/long"}, {.host = {}, .max_body_bytes = 3}).error().code,
            errc::body_too_large);
}

TEST_F(client_test, a_refused_connection_names_whom_it_asked) {
  std::uint16_t closed = 0;
  {
    auto listener = net::listener::open(context.get_executor(), {.host = "127.0.0.1", .port = 0});
    closed = listener->port();
  }
  const auto received = test::run_blocking(
      context, fetch(clock, {.host = "127.0.0.1", .port = closed}, {.raw_target = "/"}));
  EXPECT_EQ(received.error().code, boost::asio::error::connection_refused);
  EXPECT_NE(received.error().message().find("127.0.0.1:" + std::to_string(closed)),
            std::string::npos);
}

}  // namespace
}  // namespace helenus::http
