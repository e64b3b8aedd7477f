#include "app/startup.h"

#include "config/settings.h"
#include "storage/errc.h"
#include "support/captured_log.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <set>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

/// Steps that note that they ran; `open_storage` fails as often as told.
class startup_test : public ::testing::Test {
 protected:
  task<void> step(const char* name) {
    steps.emplace_back(name);
    co_return result<void>{};
  }

  startup_steps make_steps() {
    return {.listen = [this]() -> result<void> {
              steps.emplace_back("listen");
              if (listen_fails) return error{base::errc::unavailable, "in use"};
              return {};
            },
            .open_storage = [this]() { return open_storage(); },
            .migrate = [this]() { return migrate(); },
            .join = [this]() { return step("join"); },
            .recover = [this]() { return step("recover"); },
            .drain = [this]() { return drain(); }};
  }

  task<void> open_storage() {
    steps.emplace_back("open");
    if (open_takes > 0s) co_await clock.sleep_for(open_takes);
    if (failures > 0) {
      --failures;
      co_return error{storage::errc::unavailable, "no database"};
    }
    co_return result<void>{};
  }

  task<void> migrate() {
    if (no_schema) co_return error{storage::errc::old_schema, "no schema"};
    co_return co_await step("migrate");
  }

  task<void> drain() {
    steps.emplace_back("drain");
    if (drain_takes > 0s) co_await clock.sleep_for(drain_takes);
    steps.emplace_back("drained");
    co_return result<void>{};
  }

  /// Runs to the end; meanwhile calls `during` at each of the given times.
  int run(std::vector<std::pair<base::clock::duration, std::function<void()>>> during) {
    auto work = [this, &during]() -> task<int> {
      base::task_group group(context.get_executor());
      for (auto& [when, what] : during) {
        group.spawn("test",
                    [](base::clock& time, base::clock::duration wait,
                       std::function<void()> call) -> task<void> {
                      co_await time.sleep_for(wait);
                      call();
                      co_return result<void>{};
                    }(clock, when, what));
      }
      auto code = co_await tested.run();
      CO_TRY_VOID(co_await group.join());
      co_return code;
    };
    return *test::run(context, clock, work());
  }

  using names = std::vector<std::string>;
  boost::asio::io_context context;
  base::virtual_clock clock;
  names steps;
  bool listen_fails = false;
  int failures = 0;
  bool no_schema = false;
  base::clock::duration open_takes = 0s;
  base::clock::duration drain_takes = 0s;
  startup tested{context.get_executor(), clock, make_steps(), {1s, 10s, 2.0, 0.0}};
};

TEST_F(startup_test, takes_the_steps_in_order_and_drains_at_a_signal) {
  EXPECT_EQ(run({{5s,
                  [this] {
                    EXPECT_TRUE(tested.is_ready());
                    tested.request_stop();
                  }}}),
            exit_drained);
  EXPECT_EQ(steps, (names{"listen", "open", "migrate", "join", "recover", "drain", "drained"}));
}

TEST_F(startup_test, a_port_in_use_ends_the_process) {
  listen_fails = true;
  EXPECT_EQ(run({}), exit_could_not_start);
  EXPECT_EQ(steps, names{"listen"});
}

TEST_F(startup_test, a_database_that_comes_late_is_waited_for_and_the_wait_can_be_asked_for) {
  failures = 3;  // the attempts are at 0 s, 1 s, 3 s and 7 s
  EXPECT_EQ(run({{4s,
                  [this] {
                    const auto& status = tested.status();
                    EXPECT_EQ(status.state, startup_state::opening_storage);
                    EXPECT_EQ(status.waiting_for, "storage");
                    EXPECT_EQ(status.last_error, "no database");
                    EXPECT_EQ(status.failed_attempts, 3U);
                    ASSERT_TRUE(status.next_attempt);
                    EXPECT_EQ(*status.next_attempt - clock.wall_now(), 3s);
                  }},
                 {8s,
                  [this] {
                    EXPECT_TRUE(tested.is_ready());
                    EXPECT_FALSE(tested.status().next_attempt);
                    EXPECT_EQ(tested.status().last_error, "");
                    EXPECT_EQ(tested.status().waiting_for, "");
                    tested.request_stop();
                  }}}),
            exit_drained);
}

TEST_F(startup_test, instances_that_wait_for_the_same_database_do_not_ask_it_all_at_once) {
  failures = 1'000'000;
  const auto retry = config::settings{}.start_retry;
  std::set<base::clock::duration> waits;
  for (int i = 0; i < 8; ++i) {
    startup one(context.get_executor(), clock, make_steps(), retry);
    const auto begun = clock.wall_now();
    base::task_group group(context.get_executor());
    auto look = [&]() -> task<void> {
      co_await clock.sleep_for(1ms);
      EXPECT_EQ(one.status().failed_attempts, 1U);
      EXPECT_TRUE(one.status().next_attempt);
      waits.insert(one.status().next_attempt.value_or(begun) - begun);
      one.request_stop();
      co_return result<void>{};
    };
    auto work = [&]() -> task<int> {
      group.spawn("look", look());
      auto code = co_await one.run();
      CO_TRY_VOID(co_await group.join());
      co_return code;
    };
    EXPECT_EQ(*test::run(context, clock, work()), exit_drained);
  }
  EXPECT_GT(waits.size(), 1U);
  EXPECT_GE(*waits.begin(), retry.first / 2);
  EXPECT_LE(*waits.rbegin(), retry.first);
}

TEST_F(startup_test, what_is_missing_for_hours_is_told_once_and_that_it_came) {
  no_schema = true;
  const test::captured_log log;
  base::set_log_level(base::level::info);
  std::size_t before = 0;
  EXPECT_EQ(run({{1min, [&] { before = log.lines().size(); }},
                 {3h,
                  [&] {
                    EXPECT_TRUE(log.contains("no schema"));
                    EXPECT_EQ(tested.status().waiting_for, "the schema version of storage");
                    EXPECT_EQ(log.lines().size(), before);
                    no_schema = false;
                  }},
                 {4h,
                  [&] {
                    EXPECT_TRUE(log.contains("to=ready"));
                    tested.request_stop();
                  }}}),
            exit_drained);
}

TEST_F(startup_test, a_signal_ends_a_step_that_hangs) {
  open_takes = 24h;
  const auto start = clock.now();
  EXPECT_EQ(run({{5s, [this] { tested.request_stop(); }}}), exit_drained);
  EXPECT_EQ(clock.now() - start, 5s);
  EXPECT_EQ(steps, (names{"listen", "open", "drain", "drained"}));
}

TEST_F(startup_test, a_signal_ends_the_wait_for_a_retry) {
  failures = 1000;
  const auto start = clock.now();
  EXPECT_EQ(run({{5s, [this] { tested.request_stop(); }}}), exit_drained);
  EXPECT_EQ(clock.now() - start, 5s);
}

TEST_F(startup_test, a_second_signal_does_not_wait_for_the_drain) {
  drain_takes = 1h;
  const auto start = clock.now();
  EXPECT_EQ(run({{5s, [this] { tested.request_stop(); }}, {6s, [this] { tested.request_stop(); }}}),
            exit_drained);
  EXPECT_EQ(clock.now() - start, 6s);
  EXPECT_EQ(steps.back(), "drain");
}

}  // namespace
}  // namespace helenus::app
