#include "jmx/call_pool.h"

#include "base/task_group.h"
#include "fake_peer.h"
#include "jmx/errc.h"
#include "jmx/open_connection.h"
#include "jmx/remote/calls.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace helenus::jmx {
namespace {

using namespace std::chrono_literals;

const object_name bean = object_name::literal("test:type=Bean");

/// The attribute that a getAttribute message asks for ("a" and digits), or nothing.
std::string asked_for(const std::string& call) {
  std::smatch found;
  return std::regex_search(call, found, std::regex("a[0-9]+")) ? found[0].str() : std::string();
}

/// A pool whose sockets lead to a server that answers getAttribute with the attribute's own name.
class call_pool_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  base::virtual_clock clock;
  client_options options;
  std::vector<fake_peer*> peers;  // not owned; of all sockets ever opened
  std::vector<std::string> asked;
  bool accepting = true;
  base::clock::duration delay = 1s;
  std::function<std::optional<fake_peer::behaviour>(const std::string&)> special;
  std::unique_ptr<call_pool> pool;

  fake_peer::behaviour answer(const std::string& call) {
    const auto name = asked_for(call);
    asked.push_back(name);
    if (special) {
      if (auto other = special(name)) return *other;
    }
    return {delay, string_answer(name)};
  }

  task<std::unique_ptr<net::stream>> open_stream() {
    if (!accepting) co_return error{errc::refused, "refused"};
    auto peer = std::make_unique<fake_peer>(
        clock, context.get_executor(), [this](const std::string& call) { return answer(call); });
    peers.push_back(peer.get());
    co_return peer;
  }

  task<void> set_up() {
    const stream_opener streams = [this](net::endpoint, bool) { return open_stream(); };
    connection_opener open = [this, streams](net::endpoint where, bool tls, reader_limits limits) {
      return open_connection(clock, streams, where, tls, limits, 5s);
    };
    options.server = {"fake", 7199};
    session logged_in;
    logged_in.port = 7199;
    CO_TRY(first, co_await open(options.server, false, {}));
    pool = std::make_unique<call_pool>(clock, context.get_executor(), options,
                                       login_outcome{logged_in, first}, open);
    co_return result<void>{};
  }

  void start() { ASSERT_TRUE(test::run(context, clock, set_up())); }

  task<std::string> get(std::string name, base::clock::duration timeout = 30s, bool slow = false) {
    CO_TRY(answer, co_await pool->call(calls::get_attribute({}, bean, name), timeout, slow));
    CO_TRY(text, answer.outcome());
    co_return text.as_string();
  }

  /// A child that checks that it gets its own answer.
  task<void> expect_own(std::string name, bool slow = false) {
    const auto got = co_await get(name, 1h, slow);
    EXPECT_TRUE(got) << got.error().message();
    if (got) EXPECT_EQ(*got, name);
    co_return result<void>{};
  }
  task<void> expect_error(std::string name, base::clock::duration timeout,
                          boost::system::error_code code) {
    const auto got = co_await get(name, timeout);
    EXPECT_FALSE(got);
    if (!got) EXPECT_EQ(got.error().code, code) << got.error().message();
    co_return result<void>{};
  }
};

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

TEST_F(call_pool_test, watch_makes_a_call_before_the_server_forgets_the_session) {
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

TEST_F(call_pool_test, watch_is_silent_while_other_calls_keep_the_session_alive) {
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

TEST_F(call_pool_test, watch_notices_at_once_that_the_server_went_away) {
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

TEST_F(call_pool_test, watch_outlives_a_single_socket) {
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

TEST_F(call_pool_test, watch_gives_up_a_server_that_no_longer_answers) {
  start();
  special = [](const std::string&) { return fake_peer::behaviour{1h, string_answer("")}; };
  const auto begin = clock.now();
  const auto ended = test::run(context, clock, pool->watch());
  EXPECT_EQ(ended.error().code, errc::closed);
  EXPECT_EQ(clock.now() - begin, 60s);  // half a minute until the heartbeat, half for its answer
}

TEST_F(call_pool_test, close_says_goodbye_and_watch_ends) {
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
