#include "base/task_group.h"

#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::base {
namespace {

using namespace std::chrono_literals;

class task_group_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  virtual_clock clock;
};

TEST_F(task_group_test, a_failing_child_stops_its_siblings) {
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

TEST_F(task_group_test, cancelling_the_waiter_runs_the_cleanup_of_every_child) {
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

TEST_F(task_group_test, a_waiter_that_was_cancelled_before_still_stops_the_children) {
  bool reached = false;
  auto parent = [&]() -> task<void> {
    task_group group(context.get_executor());
    group.spawn("slow", [](base::clock& time) -> task<void> {
      co_await time.sleep_for(1h);
      co_return result<void>{};
    }(clock));
    auto outcome = co_await finally(
        [](base::clock& time) -> task<void> {
          co_await time.sleep_for(1h);
          co_return result<void>{};
        }(clock),
        [&]() -> task<void> {
          group.cancel();
          reached = (co_await group.join()).has_value();
          co_return result<void>{};
        });
    co_return outcome;
  };
  const auto start = clock.now();
  EXPECT_FALSE(test::run(context, clock, with_timeout(clock, parent(), 5s, "it")).has_value());
  EXPECT_TRUE(reached);
  EXPECT_EQ(clock.now() - start, 5s);
}

TEST_F(task_group_test, an_exception_that_is_no_cancellation_becomes_the_error_of_the_group) {
  auto parent = [&]() -> task<void> {
    task_group group(context.get_executor());
    group.spawn("thrower", []() -> task<void> {
      throw boost::system::system_error(boost::asio::error::eof);
      co_return result<void>{};
    }());
    co_return co_await group.join();
  };
  EXPECT_EQ(test::run(context, clock, parent()).error().code, boost::asio::error::eof);
}

}  // namespace
}  // namespace helenus::base
