#include "sqlite/migration.h"

#include "unit/sqlite/temporary_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace helenus::sqlite {
namespace {

constexpr std::int32_t ours = 77;

class migration_test : public ::testing::Test {
 protected:
  std::int64_t number(std::string_view sql) {
    auto running = *db_->query(sql);
    EXPECT_TRUE(*running.next());
    return running.integer(0);
  }

  temporary_file file_;
  std::unique_ptr<connection> db_ = *connection::open({.file = file_.path()});
  const base::embedded_file first_{"sqlite/001_first.sql", "CREATE TABLE t (a);"};
  const base::embedded_file second_{"sqlite/002_second.sql", "ALTER TABLE t ADD b DEFAULT 5;"};
};

TEST_F(migration_test, runs_every_step_once) {
  const std::vector one{first_};
  const auto made = *migrate(*db_, one, ours);
  EXPECT_EQ(made.from, 0);
  EXPECT_EQ(made.to, 1);
  ASSERT_TRUE(db_->execute("INSERT INTO t VALUES (1)"));
  const std::vector both{first_, second_};
  EXPECT_EQ(migrate(*db_, both, ours)->from, 1);
  EXPECT_EQ(migrate(*db_, both, ours)->from, 2);
  EXPECT_EQ(number("SELECT b FROM t"), 5);
  EXPECT_EQ(number("PRAGMA application_id"), ours);
  EXPECT_EQ(number("PRAGMA user_version"), 2);
}

TEST_F(migration_test, a_step_that_fails_leaves_the_schema_before_it) {
  const base::embedded_file broken{"sqlite/002_broken.sql", "CREATE TABLE u (a); SELEKT;"};
  const std::vector steps{first_, broken};
  const auto failed = migrate(*db_, steps, ours);
  EXPECT_THAT(failed.error().message(), ::testing::HasSubstr("002_broken.sql"));
  EXPECT_EQ(number("PRAGMA user_version"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM sqlite_schema"), 1);
}

TEST_F(migration_test, refuses_a_schema_that_it_does_not_know) {
  ASSERT_TRUE(db_->execute("PRAGMA user_version = 3"));
  const std::vector both{first_, second_};
  const auto failed = migrate(*db_, both, ours);
  EXPECT_EQ(failed.error().code, errc::newer_schema);
  EXPECT_THAT(failed.error().message(), ::testing::HasSubstr("schema 3"));
}

TEST_F(migration_test, numbers_have_no_gaps) {
  const std::vector gap{second_};
  EXPECT_EQ(migrate(*db_, gap, ours).error().code, errc::internal);
}

}  // namespace
}  // namespace helenus::sqlite
