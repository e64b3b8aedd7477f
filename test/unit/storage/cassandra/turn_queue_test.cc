#include "storage/cassandra/turn_queue.h"

#include "base/task_group.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <string>

namespace helenus::storage::cassandra {
namespace {

using namespace std::chrono_literals;

class turn_queue_test : public ::testing::Test {
 protected:
  task<void> work(char name, model::run_id run, base::clock::duration length) {
    const auto turn = co_await turns_.wait(run);
    order_ += name;
    co_await clock_.sleep_for(length);
    order_ += name;
    co_return result<void>{};
  }
  task<void> cancelled_after(task<void> work, base::clock::duration length) {
    static_cast<void>(co_await base::with_timeout(clock_, std::move(work), length, "a turn"));
    co_return result<void>{};
  }
  void run(std::vector<task<void>> all) {
    ASSERT_TRUE(test::run(context_, clock_, [](auto executor, auto children) -> task<void> {
      base::task_group group(executor);
      for (auto& child : children) group.spawn("child", std::move(child));
      co_return co_await group.join();
    }(context_.get_executor(), std::move(all))));
  }
  template <class... Tasks>
  void run_all(Tasks... tasks) {
    std::vector<task<void>> all;
    (all.push_back(std::move(tasks)), ...);
    run(std::move(all));
  }

  boost::asio::io_context context_;
  base::virtual_clock clock_;
  base::uuid_source ids_{1};
  model::run_id run_{ids_.next({})};
  turn_queue turns_{context_.get_executor()};
  std::string order_;
};

TEST_F(turn_queue_test, lets_one_at_a_time_first_come_first_served) {
  run_all(work('a', run_, 3s), work('b', run_, 1s), work('c', run_, 2s));
  EXPECT_EQ(order_, "aabbcc");
}

TEST_F(turn_queue_test, lets_other_runs_go_on) {
  run_all(work('a', run_, 3s), work('b', model::run_id(ids_.next({})), 1s));
  EXPECT_EQ(order_, "abba");
}

TEST_F(turn_queue_test, is_left_by_who_is_cancelled_while_it_waits) {
  run_all(work('a', run_, 3s), cancelled_after(work('b', run_, 9s), 1s), work('c', run_, 1s));
  EXPECT_EQ(order_, "aacc");
}

TEST_F(turn_queue_test, goes_on_when_a_turn_is_cancelled) {
  run_all(cancelled_after(work('a', run_, 9s), 1s), work('b', run_, 1s));
  EXPECT_EQ(order_, "abb");
}

TEST_F(turn_queue_test, passes_on_a_turn_that_comes_as_its_waiter_is_cancelled) {
  run_all(work('a', run_, 1s), cancelled_after(work('b', run_, 9s), 1s), work('c', run_, 1s));
  EXPECT_EQ(order_.substr(0, 2), "aa");
  EXPECT_EQ(order_.substr(order_.size() - 2), "cc");
}

TEST_F(turn_queue_test, is_free_again_at_the_end) {
  run_all(work('a', run_, 1s));
  run_all(work('b', run_, 1s));
  EXPECT_EQ(order_, "aabb");
}

}  // namespace
}  // namespace helenus::storage::cassandra
