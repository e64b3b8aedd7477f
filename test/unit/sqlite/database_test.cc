#include "sqlite/database.h"

#include "base/task_group.h"
#include "support/run.h"
#include "unit/sqlite/temporary_file.h"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

namespace helenus::sqlite {
namespace {

class database_test : public ::testing::Test {
 protected:
  database_test() {
    EXPECT_TRUE(wait(db_.open([this] { return connection::open({.file = file_.path()}); })));
    EXPECT_TRUE(wait(db_.write([](connection& db) {
      return db.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, fill)");
    })));
  }
  template <class Value>
  result<Value> wait(task<Value> work) {
    return test::run_blocking(context_, std::move(work));
  }
  task<std::int64_t> insert(int value) {
    return db_.write(
        [value](connection& db) { return db.change("INSERT INTO t VALUES (?, NULL)", value); });
  }
  std::int64_t stored() {
    return *wait(db_.read([](connection& db) -> result<std::int64_t> {
      TRY(running, db.query("SELECT count(*) FROM t"));
      TRY_VOID(running.next());
      return running.integer(0);
    }));
  }
  /// Starts the inserts together; the number that failed.
  int insert_together(std::vector<int> values) {
    int failed = 0;
    EXPECT_TRUE(wait(insert_all(std::move(values), failed)));
    return failed;
  }

  temporary_file file_;
  boost::asio::io_context context_;
  database db_;

 private:
  task<void> insert_all(std::vector<int> values, int& failed) {
    base::task_group group(context_.get_executor());
    for (const auto value : values) group.spawn("insert", note(insert(value), failed));
    co_return co_await group.join();
  }
  static task<void> note(task<std::int64_t> work, int& failed) {
    const auto outcome = co_await std::move(work);
    if (!outcome) ++failed;
    co_return result<void>{};
  }
};

TEST_F(database_test, a_write_is_seen_by_the_read_after_it) {
  ASSERT_TRUE(wait(insert(1)));
  EXPECT_EQ(stored(), 1);
}

TEST_F(database_test, a_write_that_fails_is_undone) {
  const auto failed = wait(db_.write([](connection& db) -> result<void> {
    TRY_VOID(db.change("INSERT INTO t VALUES (1, NULL)"));
    return error{errc::internal, "changed its mind"};
  }));
  EXPECT_EQ(failed.error().message(), "changed its mind");
  EXPECT_EQ(stored(), 0);
}

TEST_F(database_test, writes_that_wait_share_commits) {
  std::vector<int> values(500);
  for (int index = 0; index < 500; ++index) values[static_cast<std::size_t>(index)] = index;
  const auto before = db_.transactions();
  EXPECT_EQ(insert_together(values), 0);
  EXPECT_EQ(stored(), 500);
  EXPECT_LT(db_.transactions() - before, 250u);
}

TEST_F(database_test, a_failing_write_is_alone_in_its_failure) {
  EXPECT_EQ(insert_together({1, 2, 2, 3, 2, 4}), 2);
  EXPECT_EQ(stored(), 4);
}

TEST_F(database_test, when_a_shared_commit_fails_each_write_gets_its_own_answer) {
  // The file may grow by a few pages: the large write does not fit, the small ones around it do.
  ASSERT_TRUE(
      wait(db_.write([](connection& db) { return db.execute("PRAGMA max_page_count = 8"); })));
  int failed = 0;
  const auto all = [&]() -> task<void> {
    base::task_group group(context_.get_executor());
    const auto large = [this]() -> task<void> {
      auto outcome = co_await db_.write(
          [](connection& db) { return db.change("INSERT INTO t VALUES (99, zeroblob(100000))"); });
      EXPECT_EQ(outcome.error().code, errc::full);
      co_return result<void>{};
    };
    const auto small = [this, &failed](int value) -> task<void> {
      if (!co_await insert(value)) ++failed;
      co_return result<void>{};
    };
    for (int value = 0; value < 5; ++value) group.spawn("small", small(value));
    group.spawn("large", large());
    for (int value = 5; value < 10; ++value) group.spawn("small", small(value));
    co_return co_await group.join();
  };
  ASSERT_TRUE(wait(all()));
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(stored(), 10);
}

TEST_F(database_test, closing_gives_the_file_back) {
  ASSERT_TRUE(wait(insert(1)));
  ASSERT_TRUE(wait(db_.close()));
  EXPECT_TRUE(connection::open({.file = file_.path()}));
}

TEST_F(database_test, an_opening_that_fails_says_why) {
  database other;
  const auto opened = wait(other.open([this] { return connection::open({.file = file_.path()}); }));
  EXPECT_EQ(opened.error().code, errc::busy);
}

}  // namespace
}  // namespace helenus::sqlite
