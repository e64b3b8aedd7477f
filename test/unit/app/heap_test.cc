#include "app/heap.h"

#include "base/task_group.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

TEST(heap_test, free_memory_is_given_back_after_the_start_and_then_every_minute) {
  boost::asio::io_context context;
  base::virtual_clock clock;
  base::task_group group(context.get_executor());
  int times = 0;
  group.spawn("heap", keep_heap_small(clock, [&times] { ++times; }));
  clock.run(context, 1s);
  EXPECT_EQ(times, 0);
  clock.run(context, 10s);
  EXPECT_EQ(times, 1);
  clock.run(context, 1h);
  EXPECT_EQ(times, 61);
  group.cancel();
  EXPECT_TRUE(test::run(context, clock, group.join()));
}

}  // namespace
}  // namespace helenus::app
