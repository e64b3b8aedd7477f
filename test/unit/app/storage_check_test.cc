#include "app/storage_check.h"

#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

TEST(storage_check_test, an_answer_is_good_for_five_seconds_and_waited_for_two) {
  boost::asio::io_context context;
  base::virtual_clock clock;
  int asked = 0;
  base::clock::duration takes = 0s;
  result<void> outcome;
  storage_check tested(clock, [&]() -> task<void> {
    ++asked;
    co_await clock.sleep_for(takes);
    co_return outcome;
  });
  const auto pass = [&] {
    const auto wait = [](base::virtual_clock& by) -> task<void> {
      co_await by.sleep_for(5s);
      co_return result<void>{};
    };
    EXPECT_TRUE(test::run(context, clock, wait(clock)));
  };
  EXPECT_TRUE(test::run(context, clock, tested.ask()));
  outcome = error{base::errc::unavailable, "gone"};
  EXPECT_TRUE(test::run(context, clock, tested.ask()));
  EXPECT_EQ(asked, 1);
  pass();
  EXPECT_EQ(test::run(context, clock, tested.ask()).error().detail, "gone");
  pass();
  outcome = {};
  takes = 1h;
  const auto before = clock.now();
  EXPECT_EQ(test::run(context, clock, tested.ask()).error().code, base::errc::timed_out);
  EXPECT_EQ(clock.now() - before, 2s);
  EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace helenus::app
