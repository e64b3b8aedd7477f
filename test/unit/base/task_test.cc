#include "base/task.h"

#include "support/run.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace helenus::base
