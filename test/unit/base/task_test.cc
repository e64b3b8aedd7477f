#include "base/task.h"

#include <gtest/gtest.h>

#include "base/blocking_pool.h"
#include "base/channel.h"
#include "base/task_group.h"
#include "support/run.h"

namespace helenus::base {
namespace {

using namespace std::chrono_literals;

class task_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  virtual_clock clock;

  task<int> after(clock::duration wait, result<int> outcome) {
    co_await clock.sleep_for(wait);
    co_return outcome;
  }
};

TEST_F(task_test, with_timeout_returns_the_value_in_time) {
  EXPECT_EQ(*test::run(context, clock, with_timeout(clock, after(1s, 7), 2s, "seven")), 7);
}

TEST_F(task_test, with_timeout_returns_an_error_as_soon_as_it_happens) {
  const auto start = clock.now();
  const auto outcome =
      test::run(context, clock, with_timeout(clock, after(20ms, errc::not_found), 300ms, "it"));
  EXPECT_EQ(outcome.error().code, errc::not_found);
  EXPECT_EQ(clock.now() - start, 20ms);
}

TEST_F(task_test, with_timeout_names_the_wait_that_took_too_long) {
  const auto outcome =
      test::run(context, clock, with_timeout(clock, after(10s, 1), 5s, "the registry"));
  EXPECT_EQ(outcome.error().code, errc::timed_out);
  EXPECT_EQ(outcome.error().detail, "timed out after 5 s waiting for the registry");
}

TEST_F(task_test, a_wait_with_a_deadline_can_be_cancelled_from_outside) {
  auto inner = with_timeout(clock, after(1h, 1), 10s, "inner");
  const auto outcome =
      test::run(context, clock, with_timeout(clock, std::move(inner), 1s, "outer"));
  EXPECT_EQ(outcome.error().detail, "timed out after 1 s waiting for outer");

  auto parent = [&]() -> task<void> {
    task_group group(context.get_executor());
    group.spawn("waiting", [](task<int> work) -> task<void> {
      co_return (co_await std::move(work)).error();
    }(with_timeout(clock, after(1h, 1), 10s, "inner")));
    co_await clock.sleep_for(1s);
    group.cancel();
    co_return co_await group.join();
  };
  EXPECT_TRUE(test::run(context, clock, parent()));
}

TEST_F(task_test, a_failing_child_stops_its_siblings) {
  const auto start = clock.now();
  auto parent = [&]() -> task<void> {
    task_group group(context.get_executor());
    group.spawn("slow", [](base::clock& time) -> task<void> {
      co_await time.sleep_for(1h);
      co_return result<void>{};
    }(clock));
    group.spawn("failing", [](base::clock& time) -> task<void> {
      co_await time.sleep_for(1s);
      co_return errc::not_found;
    }(clock));
    co_return co_await group.join();
  };
  EXPECT_EQ(test::run(context, clock, parent()).error().code, errc::not_found);
  EXPECT_EQ(clock.now() - start, 1s);
}

TEST_F(task_test, cancelling_the_waiter_runs_the_cleanup_of_every_child) {
  int cleaned = 0;
  auto child = [&]() -> task<void> {
    co_return co_await finally(
        [](base::clock& time) -> task<void> {
          co_await time.sleep_for(1h);
          co_return result<void>{};
        }(clock),
        [&]() -> task<void> {
          co_await clock.sleep_for(1s);
          ++cleaned;
          co_return result<void>{};
        });
  };
  auto parent = [&]() -> task<void> {
    task_group group(context.get_executor());
    group.spawn("one", child());
    group.spawn("two", child());
    co_return co_await group.join();
  };
  const auto outcome = test::run(context, clock, with_timeout(clock, parent(), 10s, "the group"));
  EXPECT_EQ(outcome.error().code, errc::timed_out);
  EXPECT_EQ(cleaned, 2);
}

TEST_F(task_test, a_channel_gives_what_it_holds_before_it_says_closed) {
  channel<int> numbers(context.get_executor(), 2);
  EXPECT_TRUE(numbers.push(1));
  EXPECT_TRUE(numbers.push(2));
  EXPECT_FALSE(numbers.push(3));
  numbers.close();
  EXPECT_EQ(*test::run(context, clock, numbers.next()), 1);
  EXPECT_EQ(*test::run(context, clock, numbers.next()), 2);
  EXPECT_EQ(test::run(context, clock, numbers.next()).error().code, errc::closed);
}

TEST_F(task_test, a_channel_wakes_its_receiver) {
  channel<int> numbers(context.get_executor(), 2);
  auto parent = [&]() -> task<int> {
    task_group group(context.get_executor());
    group.spawn("sender", [](base::clock& time, channel<int>& to) -> task<void> {
      co_await time.sleep_for(3s);
      EXPECT_TRUE(to.push(9));
      co_return result<void>{};
    }(clock, numbers));
    auto value = co_await numbers.next();
    CO_TRY_VOID(co_await group.join());
    co_return value;
  };
  EXPECT_EQ(*test::run(context, clock, parent()), 9);
}

TEST_F(task_test, blocking_work_runs_elsewhere_and_returns_here) {
  blocking_pool pool(1);
  const auto here = std::this_thread::get_id();
  auto work = [&]() -> task<bool> {
    const auto there = co_await pool.run([] { return std::this_thread::get_id(); });
    co_return there != here && std::this_thread::get_id() == here;
  };
  EXPECT_TRUE(*test::run_blocking(context, work()));
}

}  // namespace
}  // namespace helenus::base
