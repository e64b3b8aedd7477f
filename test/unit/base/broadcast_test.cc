#include "base/broadcast.h"

#include "base/task_group.h"
#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::base {
namespace {

using namespace std::chrono_literals;

task<void> count_when_woken(broadcast& changed, int& woken) {
  co_await changed.wait();
  ++woken;
  co_return result<void>{};
}

class broadcast_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  virtual_clock clock;
  broadcast changed{context.get_executor()};
  int woken = 0;
};

TEST_F(broadcast_test, one_notification_wakes_all_who_wait) {
  auto scene = [&]() -> task<void> {
    task_group group(context.get_executor());
    for (int count = 0; count < 3; ++count) group.spawn("waiter", count_when_woken(changed, woken));
    co_await clock.sleep_for(1s);
    changed.notify_all();
    co_return co_await group.join();
  };
  EXPECT_TRUE(test::run(context, clock, scene()).has_value());
  EXPECT_EQ(woken, 3);
}

TEST_F(broadcast_test, a_notification_before_the_wait_is_not_remembered) {
  auto scene = [&]() -> task<void> {
    changed.notify_all();
    co_return co_await with_timeout(clock, count_when_woken(changed, woken), 1s, "a change");
  };
  EXPECT_EQ(test::run(context, clock, scene()).error().code, errc::timed_out);
  EXPECT_EQ(woken, 0);
}

}  // namespace
}  // namespace helenus::base
