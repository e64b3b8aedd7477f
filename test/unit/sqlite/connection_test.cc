#include "sqlite/connection.h"

#include "unit/sqlite/temporary_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>

namespace helenus::sqlite {
namespace {

int injected_errno = 0;
ssize_t failing_pwrite(int file, const void* bytes, size_t size, off_t place) {
  if (injected_errno == 0) return ::pwrite(file, bytes, size, place);
  errno = injected_errno;
  return -1;
}

/// Makes writes fail with an errno, while it lives.
class failing_disk {
 public:
  explicit failing_disk(int number) {
    injected_errno = number;
    set(reinterpret_cast<sqlite3_syscall_ptr>(failing_pwrite));
  }
  ~failing_disk() {
    injected_errno = 0;
    set(nullptr);
  }
  failing_disk(const failing_disk&) = delete;
  failing_disk& operator=(const failing_disk&) = delete;

 private:
  static void set(sqlite3_syscall_ptr function) {
    auto* system = sqlite3_vfs_find(nullptr);
    system->xSetSystemCall(system, "pwrite", function);
    system->xSetSystemCall(system, "pwrite64", function);
  }
};

class connection_test : public ::testing::Test {
 protected:
  std::unique_ptr<connection> open() { return *connection::open({.file = file_.path()}); }
  std::int64_t number(connection& db, std::string_view sql) {
    auto running = *db.query(sql);
    EXPECT_TRUE(*running.next());
    return running.integer(0);
  }

  temporary_file file_;
};

TEST_F(connection_test, is_set_up_to_keep_what_was_committed) {
  const auto db = open();
  auto running = *db->query("PRAGMA journal_mode");
  ASSERT_TRUE(*running.next());
  EXPECT_EQ(running.text(0), "wal");
  EXPECT_EQ(number(*db, "PRAGMA synchronous"), 2);  // FULL
  EXPECT_EQ(number(*db, "PRAGMA foreign_keys"), 1);
}

TEST_F(connection_test, finds_what_was_written_before) {
  ASSERT_TRUE(open()->execute("CREATE TABLE t (a); INSERT INTO t VALUES (7)"));
  EXPECT_EQ(number(*open(), "SELECT a FROM t"), 7);
}

TEST_F(connection_test, says_how_many_rows_changed) {
  const auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (a)"));
  EXPECT_EQ(*db->change("INSERT INTO t VALUES (?), (?)", 1, 2), 2);
  EXPECT_EQ(*db->change("DELETE FROM t WHERE a > ?", 5), 0);
}

TEST_F(connection_test, a_transaction_that_is_not_committed_is_undone) {
  const auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (a)"));
  {
    auto work = *transaction::begin(*db);
    ASSERT_TRUE(db->change("INSERT INTO t VALUES (1)"));
    EXPECT_TRUE(db->in_transaction());
  }
  EXPECT_FALSE(db->in_transaction());
  EXPECT_EQ(number(*db, "SELECT count(*) FROM t"), 0);
}

TEST_F(connection_test, failures_of_the_disk_are_told_apart_and_lose_nothing) {
  const auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (a)"));
  for (const auto& [number_of_system, expected] :
       {std::pair(ENOSPC, errc::full), std::pair(EDQUOT, errc::full), std::pair(EFBIG, errc::full),
        std::pair(EROFS, errc::read_only), std::pair(EIO, errc::input_output)}) {
    {
      const failing_disk broken(number_of_system);
      const auto failed = db->change("INSERT INTO t VALUES (1)");
      ASSERT_FALSE(failed.has_value());
      EXPECT_EQ(failed.error().code, expected) << failed.error().message();
      EXPECT_FALSE(db->in_transaction());
    }
    EXPECT_EQ(number(*db, "SELECT count(*) FROM t"), 0);
  }
  EXPECT_TRUE(db->change("INSERT INTO t VALUES (1)"));
  EXPECT_EQ(number(*db, "SELECT count(*) FROM t"), 1);
}

TEST_F(connection_test, a_broken_rule_of_the_schema_is_a_constraint) {
  const auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE p (a PRIMARY KEY); CREATE TABLE c (a REFERENCES p (a))"));
  EXPECT_EQ(db->change("INSERT INTO c VALUES (1)").error().code, errc::constraint);
}

TEST_F(connection_test, a_statement_that_is_wrong_is_our_bug) {
  EXPECT_EQ(open()->query("SELEKT 1").error().code, errc::internal);
}

TEST_F(connection_test, the_check_says_when_it_could_not_finish) {
  const auto db = open();
  ASSERT_TRUE(
      db->execute("CREATE TABLE t (a, b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT "
                  "i + 1 FROM n LIMIT 20000) INSERT INTO t SELECT i, hex(i) FROM n"));
  EXPECT_EQ(*db->check(std::chrono::seconds(60)), integrity::good);
  EXPECT_EQ(*db->check(std::chrono::milliseconds(-1)), integrity::not_finished);
  EXPECT_EQ(number(*db, "SELECT count(*) FROM t"), 20000);
}

TEST_F(connection_test, a_checkpoint_empties_the_log) {
  const auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (a)"));
  const auto log = file_.path().string() + "-wal";
  EXPECT_GT(std::filesystem::file_size(log), 0u);
  ASSERT_TRUE(db->checkpoint());
  EXPECT_EQ(std::filesystem::file_size(log), 0u);
}

TEST_F(connection_test, a_database_of_another_program_stays_as_it_is) {
  ASSERT_TRUE(open()->execute("CREATE TABLE t (a); PRAGMA application_id = 5"));
  EXPECT_EQ(connection::open({.file = file_.path(), .application_id = 6}).error().code,
            errc::foreign);
  EXPECT_TRUE(connection::open({.file = file_.path(), .application_id = 5}));
}

}  // namespace
}  // namespace helenus::sqlite
