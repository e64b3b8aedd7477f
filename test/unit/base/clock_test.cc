#include "base/clock.h"

#include "base/task_group.h"
#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::base {
namespace {

using namespace std::chrono_literals;

TEST(clock_test, durations_read_like_a_person_says_them) {
  EXPECT_EQ(to_text(150us), "150 us");
  EXPECT_EQ(to_text(150ms), "150 ms");
  EXPECT_EQ(to_text(1500ms), "1500 ms");
  EXPECT_EQ(to_text(5s), "5 s");
  EXPECT_EQ(to_text(119s), "119 s");
  EXPECT_EQ(to_text(120s), "2 min");
  EXPECT_EQ(to_text(3h), "3 h");
}

TEST(clock_test, calendar_times_are_told_in_utc_to_the_millisecond) {
  EXPECT_EQ(to_text(clock::wall_time(0ms)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_text(clock::wall_time(1767225600250ms)), "2026-01-01T00:00:00.250Z");
  EXPECT_EQ(to_text(clock::wall_time(-1ms)), "1969-12-31T23:59:59.999Z");
}

TEST(clock_test, sleepers_wake_in_the_order_of_their_times) {
  boost::asio::io_context context;
  virtual_clock clock;
  std::vector<int> order;
  auto sleeper = [](virtual_clock& time, std::vector<int>& seen, int number) -> task<void> {
    co_await time.sleep_for(std::chrono::seconds(number));
    seen.push_back(number);
    co_return result<void>{};
  };
  auto parent = [&]() -> task<void> {
    task_group group(context.get_executor());
    for (const int number : {3, 1, 2}) group.spawn("sleeper", sleeper(clock, order, number));
    co_return co_await group.join();
  };
  const auto start = clock.now();
  EXPECT_TRUE(test::run(context, clock, parent()).has_value());
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(clock.now() - start, 3s);
}

TEST(clock_test, virtual_wall_time_moves_with_virtual_time) {
  virtual_clock clock;
  const auto before = clock.wall_now();
  clock.advance(90s);
  EXPECT_EQ(clock.wall_now() - before, 90s);
}

TEST(clock_test, running_stops_before_a_sleeper_beyond_the_limit) {
  boost::asio::io_context context;
  virtual_clock clock;
  bool woken = false;
  boost::asio::co_spawn(
      context,
      [](virtual_clock& time, bool& flag) -> boost::asio::awaitable<void> {
        co_await time.sleep_for(1h);
        flag = true;
      }(clock, woken),
      [](std::exception_ptr) {});
  EXPECT_FALSE(clock.run(context, 59min));
  EXPECT_FALSE(woken);
  EXPECT_TRUE(clock.run(context, 1h));
  EXPECT_TRUE(woken);
}

}  // namespace
}  // namespace helenus::base
