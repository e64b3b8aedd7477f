#include "base/event.h"

#include "base/task_group.h"
#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::base {
namespace {

using namespace std::chrono_literals;

class event_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  virtual_clock clock;
  event happened{context.get_executor()};

  task<void> wait() {
    co_await happened.wait();
    co_return result<void>{};
  }
};

TEST_F(event_test, what_was_set_before_the_wait_is_remembered_once) {
  happened.set();
  happened.set();
  EXPECT_TRUE(test::run(context, clock, wait()).has_value());
  EXPECT_EQ(test::run(context, clock, with_timeout(clock, wait(), 1s, "it")).error().code,
            errc::timed_out);
}

TEST_F(event_test, a_waiter_wakes_when_it_is_set) {
  auto parent = [this]() -> task<void> {
    task_group group(context.get_executor());
    group.spawn("waiter", wait());
    co_await clock.sleep_for(5s);
    happened.set();
    co_return co_await group.join();
  };
  EXPECT_TRUE(test::run(context, clock, parent()).has_value());
}

TEST_F(event_test, a_cancelled_wait_takes_nothing) {
  EXPECT_FALSE(test::run(context, clock, with_timeout(clock, wait(), 1s, "it")).has_value());
  happened.set();
  EXPECT_TRUE(test::run(context, clock, wait()).has_value());
}

}  // namespace
}  // namespace helenus::base
