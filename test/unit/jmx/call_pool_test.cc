#include "jmx/call_pool.h"

#include "pool_fixture.h"

namespace helenus::jmx {
namespace {

class call_pool_test : public pool_fixture {};

TEST_F(call_pool_test, calls_share_the_sockets_and_each_gets_its_own_answer) {
  options.call_sockets = 3;
  start();
  const auto begin = clock.now();
  const auto many = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    for (int i = 0; i < 30; ++i) group.spawn("call", expect_own("a" + std::to_string(i)));
    co_return co_await group.join();
  };
  ASSERT_TRUE(test::run(context, clock, many()));
  EXPECT_EQ(peers.size(), 3u);
  EXPECT_EQ(clock.now() - begin, 10s);  // thirty calls of a second on three sockets
  EXPECT_EQ(asked.front(), "a0");
  EXPECT_EQ(asked.back(), "a29");
}

TEST_F(call_pool_test, more_than_three_sockets_are_never_used) {
  options.call_sockets = 10;
  start();
  const auto many = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    for (int i = 0; i < 10; ++i) group.spawn("call", expect_own("a" + std::to_string(i)));
    co_return co_await group.join();
  };
  ASSERT_TRUE(test::run(context, clock, many()));
  EXPECT_EQ(peers.size(), 3u);
}

TEST_F(call_pool_test, slow_calls_leave_a_socket_to_the_others) {
  options.call_sockets = 2;
  start();
  special = [](const std::string& name) -> std::optional<fake_peer::behaviour> {
    if (name.size() < 3) return std::nullopt;
    return fake_peer::behaviour{10min, string_answer(name)};
  };
  const auto mixed = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("slow", expect_own("a100", true));
    group.spawn("slow", expect_own("a101", true));
    const auto begin = clock.now();
    for (int i = 0; i < 3; ++i) co_await expect_own("a" + std::to_string(i));
    EXPECT_EQ(clock.now() - begin, 3s);
    co_return co_await group.join();
  };
  EXPECT_TRUE(test::run(context, clock, mixed()));
}

TEST_F(call_pool_test, a_call_that_times_out_gives_up_its_socket_and_nobody_gets_its_answer) {
  options.call_sockets = 1;
  start();
  special = [](const std::string& name) -> std::optional<fake_peer::behaviour> {
    if (name != "a1") return std::nullopt;
    return fake_peer::behaviour{10s, string_answer(name)};
  };
  EXPECT_TRUE(test::run(context, clock, expect_error("a1", 5s, errc::call_timed_out)));
  EXPECT_TRUE(test::run(context, clock, expect_own("a2")));
  ASSERT_EQ(peers.size(), 2u);
}

TEST_F(call_pool_test, a_call_waits_for_a_socket_only_until_its_own_deadline) {
  options.call_sockets = 1;
  start();
  delay = 20s;
  const auto two = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("first", expect_own("a1"));
    group.spawn("second", expect_error("a2", 5s, errc::call_timed_out));
    co_return co_await group.join();
  };
  EXPECT_TRUE(test::run(context, clock, two()));
  EXPECT_EQ(asked, std::vector<std::string>{"a1"});
  EXPECT_TRUE(test::run(context, clock, expect_own("a3")));
  EXPECT_EQ(peers.size(), 1u);
}

TEST_F(call_pool_test, cancelled_calls_whether_waiting_or_running_harm_nobody) {
  options.call_sockets = 1;
  start();
  const auto disturbed = [&]() -> task<void> {
    base::task_group doomed(context.get_executor());
    doomed.spawn("running", expect_own("a1"));
    doomed.spawn("waiting", expect_own("a2"));
    co_await clock.sleep_for(100ms);
    base::task_group others(context.get_executor());
    others.spawn("later", expect_own("a3"));
    co_await clock.sleep_for(100ms);
    doomed.cancel();
    co_await doomed.join();
    co_return co_await others.join();
  };
  EXPECT_TRUE(test::run(context, clock, disturbed()));
  EXPECT_EQ(asked, (std::vector<std::string>{"a1", "a3"}));
}

TEST_F(call_pool_test, a_place_granted_to_a_call_that_is_cancelled_goes_to_the_next) {
  options.call_sockets = 1;
  start();
  const auto disturbed = [&]() -> task<void> {
    base::task_group doomed(context.get_executor());
    base::task_group others(context.get_executor());
    others.spawn("first", expect_own("a1"));
    co_await clock.sleep_for(100ms);
    doomed.spawn("second", expect_own("a2"));
    others.spawn("third", expect_own("a3"));
    co_await clock.sleep_for(900ms);  // the first ends now, and the second is next
    doomed.cancel();
    co_await doomed.join();
    co_return co_await others.join();
  };
  EXPECT_TRUE(test::run(context, clock, disturbed()));
}

TEST_F(call_pool_test, waiting_calls_are_limited) {
  options.call_sockets = 1;
  options.waiting_calls = 1;
  start();
  const auto three = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("runs", expect_own("a1"));
    group.spawn("waits", expect_own("a2"));
    group.spawn("refused", expect_error("a3", 1min, errc::limit_exceeded));
    co_return co_await group.join();
  };
  EXPECT_TRUE(test::run(context, clock, three()));
}

TEST_F(call_pool_test, an_idempotent_call_survives_a_socket_that_was_closed_under_it) {
  start();
  bool once = true;
  special = [&once](const std::string&) -> std::optional<fake_peer::behaviour> {
    if (!std::exchange(once, false)) return std::nullopt;
    return fake_peer::behaviour{};
  };
  EXPECT_TRUE(test::run(context, clock, expect_own("a1")));
  EXPECT_EQ(peers.size(), 2u);
}

TEST_F(call_pool_test, an_operation_is_never_sent_twice) {
  start();
  special = [](const std::string&) { return fake_peer::behaviour{}; };
  const auto invoke = [&]() -> task<void> {
    auto request = calls::invoke({}, bean, "a1", {});
    const auto answer = co_await pool->call(std::move(request), 30s, false);
    EXPECT_FALSE(answer);
    if (!answer) EXPECT_EQ(answer.error().code, errc::closed);
    co_return result<void>{};
  };
  EXPECT_TRUE(test::run(context, clock, invoke()));
  EXPECT_EQ(asked.size(), 1u);
}

TEST_F(call_pool_test, the_end_of_the_session_fails_running_and_waiting_calls_at_once) {
  options.call_sockets = 1;
  start();
  const auto ending = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("running", expect_error("a1", 1h, errc::closed));
    group.spawn("waiting", expect_error("a2", 1h, errc::closed));
    co_await clock.sleep_for(100ms);
    pool->end({errc::closed, "the end"});
    const auto begin = clock.now();
    co_await group.join();
    EXPECT_EQ(clock.now(), begin);
    co_return co_await expect_error("a3", 1h, errc::closed);
  };
  EXPECT_TRUE(test::run(context, clock, ending()));
}

}  // namespace
}  // namespace helenus::jmx
