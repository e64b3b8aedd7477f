#include "base/blocking_pool.h"

#include "support/run.h"

#include <gtest/gtest.h>

#include <thread>

namespace helenus::base {
namespace {

TEST(blocking_pool_test, work_runs_elsewhere_and_the_caller_resumes_where_it_was) {
  boost::asio::io_context context;
  blocking_pool pool(1);
  const auto here = std::this_thread::get_id();
  auto work = [&]() -> task<bool> {
    const auto there = co_await pool.run([] { return std::this_thread::get_id(); });
    co_return there != here&& std::this_thread::get_id() == here;
  };
  EXPECT_TRUE(*test::run_blocking(context, work()));
}

TEST(blocking_pool_test, one_thread_keeps_the_order) {
  boost::asio::io_context context;
  blocking_pool pool(1);
  std::vector<int> order;
  auto work = [&]() -> task<std::vector<int>> {
    for (int number = 0; number < 5; ++number) {
      co_await pool.run([&order, number] { return order.emplace_back(number); });
    }
    co_return order;
  };
  EXPECT_EQ(*test::run_blocking(context, work()), (std::vector<int>{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace helenus::base
