// call_pool::watch: the session is kept alive, and its end noticed.
#include "pool_fixture.h"

#include <algorithm>

namespace helenus::jmx {
namespace {

class session_watch_test : public pool_fixture {};

TEST_F(session_watch_test, watch_makes_a_call_before_the_server_forgets_the_session) {
  start();
  const auto watching = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("watch", pool->watch());
    co_await clock.sleep_for(10min);
    group.cancel();
    co_return co_await group.join();
  };
  EXPECT_TRUE(test::run(context, clock, watching()));
  // Every 30 s after the last answer, which takes a second.
  EXPECT_EQ(asked.size(), 19u);
}

TEST_F(session_watch_test, watch_is_silent_while_other_calls_keep_the_session_alive) {
  start();
  const auto watching = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("watch", pool->watch());
    for (int i = 0; i < 60; ++i) {
      co_await clock.sleep_for(10s);
      co_await expect_own("a" + std::to_string(i));
    }
    group.cancel();
    co_return co_await group.join();
  };
  EXPECT_TRUE(test::run(context, clock, watching()));
  EXPECT_EQ(std::ranges::count(asked, ""), 0);
}

TEST_F(session_watch_test, watch_notices_at_once_that_the_server_went_away) {
  start();
  const auto watching = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("watch", pool->watch());
    co_await clock.sleep_for(5s);
    accepting = false;
    peers.front()->hang_up();
    co_return co_await group.join();
  };
  const auto begin = clock.now();
  const auto ended = test::run(context, clock, watching());
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, errc::closed);
  EXPECT_NE(ended.error().message().find("refused"), std::string::npos) << ended.error().message();
  EXPECT_EQ(clock.now() - begin, 5s);
}

TEST_F(session_watch_test, watch_outlives_a_single_socket) {
  start();
  const auto watching = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("watch", pool->watch());
    co_await clock.sleep_for(5s);
    peers.front()->hang_up();
    co_await clock.sleep_for(5s);
    EXPECT_FALSE(pool->ended());
    group.cancel();
    co_return co_await group.join();
  };
  EXPECT_TRUE(test::run(context, clock, watching()));
  EXPECT_EQ(asked, std::vector<std::string>{""});  // the heartbeat that made sure
}

TEST_F(session_watch_test, watch_gives_up_a_server_that_no_longer_answers) {
  start();
  special = [](const std::string&) { return fake_peer::behaviour{1h, string_answer("")}; };
  const auto begin = clock.now();
  const auto ended = test::run(context, clock, pool->watch());
  EXPECT_EQ(ended.error().code, errc::closed);
  EXPECT_EQ(clock.now() - begin, 60s);  // half a minute until the heartbeat, half for its answer
}

TEST_F(session_watch_test, close_says_goodbye_and_watch_ends) {
  start();
  const auto closing = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("watch", pool->watch());
    co_await clock.sleep_for(1s);
    co_await pool->close();
    co_return co_await group.join();
  };
  EXPECT_EQ(test::run(context, clock, closing()).error().code, errc::closed);
  EXPECT_EQ(asked.size(), 1u);
  EXPECT_TRUE(pool->ended());
}

}  // namespace
}  // namespace helenus::jmx
