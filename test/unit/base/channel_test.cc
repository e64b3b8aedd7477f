#include "base/channel.h"

#include "base/task_group.h"
#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::base {
namespace {

using namespace std::chrono_literals;

class channel_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  virtual_clock clock;
};

TEST_F(channel_test, a_channel_gives_what_it_holds_before_it_says_closed) {
  channel<int> numbers(context.get_executor(), 2);
  EXPECT_TRUE(numbers.push(1));
  EXPECT_TRUE(numbers.push(2));
  EXPECT_FALSE(numbers.push(3));
  numbers.close();
  EXPECT_EQ(*test::run(context, clock, numbers.next()), 1);
  EXPECT_EQ(*test::run(context, clock, numbers.next()), 2);
  EXPECT_EQ(test::run(context, clock, numbers.next()).error().code, errc::closed);
}

TEST_F(channel_test, a_channel_wakes_its_receiver) {
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

}  // namespace
}  // namespace helenus::base
