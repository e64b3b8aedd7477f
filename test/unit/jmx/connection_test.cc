#include "jmx/connection.h"

#include "base/task_group.h"
#include "fake_peer.h"
#include "jmx/errc.h"
#include "jmx/remote/calls.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace helenus::jmx {
namespace {

using namespace std::chrono_literals;

class connection_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  base::virtual_clock clock;
  fake_peer::behaviour next{1s, string_answer("text")};
  fake_peer* peer = nullptr;
  std::unique_ptr<connection> socket;

  void start(reader_limits limits = {}) {
    auto stream = std::make_unique<fake_peer>(clock, context.get_executor(),
                                              [this](const std::string&) { return next; });
    peer = stream.get();
    socket = std::make_unique<connection>(clock, context.get_executor(), std::move(stream), limits);
    ASSERT_TRUE(test::run(context, clock, socket->start(5s)));
  }
  result<reply> call(base::clock::duration timeout = 30s) {
    return test::run(context, clock, socket->call(calls::get_default_domain({}), timeout));
  }
};

TEST_F(connection_test, carries_one_call_after_the_other) {
  start();
  for (int i = 0; i < 3; ++i) {
    const auto answer = call();
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(*answer->outcome()->as_string(), "text");
    EXPECT_TRUE(socket->usable());
  }
}

TEST_F(connection_test, a_late_answer_costs_the_socket) {
  start();
  EXPECT_EQ(call(500ms).error().code, errc::call_timed_out);
  EXPECT_FALSE(socket->usable());
  EXPECT_FALSE(peer->is_open());
}

TEST_F(connection_test, a_cancelled_call_costs_the_socket) {
  start();
  auto waiting = socket->call(calls::get_default_domain({}), 30s);
  auto hasty = base::with_timeout(clock, std::move(waiting), 500ms, "the answer");
  EXPECT_EQ(test::run(context, clock, std::move(hasty)).error().code, base::errc::timed_out);
  EXPECT_FALSE(peer->is_open());
}

TEST_F(connection_test, garbage_costs_the_socket) {
  start();
  next.bytes = "HTTP/1.1 200 OK";
  EXPECT_EQ(call().error().code, errc::malformed);
  EXPECT_FALSE(socket->usable());
}

TEST_F(connection_test, an_answer_over_the_limit_costs_the_socket) {
  reader_limits limits;
  limits.bytes = 1'000;
  start(limits);
  next.bytes = string_answer(std::string(2'000, 'x'));
  EXPECT_EQ(call().error().code, errc::limit_exceeded);
  EXPECT_FALSE(socket->usable());
}

TEST_F(connection_test, large_answers_arrive_in_pieces) {
  start();
  next.bytes = string_answer(std::string(60'000, 'x'));
  EXPECT_EQ(call()->outcome()->as_string()->size(), 60'000u);
  EXPECT_TRUE(socket->usable());
}

TEST_F(connection_test, the_reason_of_an_abort_is_what_the_call_says) {
  start();
  const auto aborted = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    const auto waits = [](connection& used) -> task<void> {
      const auto answer = co_await used.call(calls::get_default_domain({}), 30s);
      EXPECT_EQ(answer.error().code, errc::server_restarted);
      co_return result<void>{};
    };
    group.spawn("call", waits(*socket));
    co_await clock.sleep_for(100ms);
    socket->abort(errc::server_restarted);
    co_return co_await group.join();
  };
  EXPECT_TRUE(test::run(context, clock, aborted()));
}

TEST_F(connection_test, a_peer_that_leaves_between_calls_is_noticed) {
  start();
  const auto watched = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("watch", socket->lost_while_idle());
    co_await socket->call(calls::get_default_domain({}), 30s);
    EXPECT_EQ(group.size(), 1u);  // an answer is no reason to worry
    const auto begin = clock.now();
    peer->hang_up();
    co_await group.join();
    EXPECT_EQ(clock.now(), begin);
    co_return result<void>{};
  };
  EXPECT_TRUE(test::run(context, clock, watched()));
  EXPECT_FALSE(socket->usable());
}

}  // namespace
}  // namespace helenus::jmx
