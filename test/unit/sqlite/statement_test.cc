#include "sqlite/statement.h"

#include "sqlite/connection.h"
#include "unit/sqlite/temporary_file.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace helenus::sqlite {
namespace {

class statement_test : public ::testing::Test {
 protected:
  /// The only row of `SELECT ?`.
  template <class Value>
  rows echo(const Value& value) {
    auto running = *db_->query("SELECT ?", value);
    EXPECT_TRUE(*running.next());
    return running;
  }

  temporary_file file_;
  std::unique_ptr<connection> db_ = *connection::open({.file = file_.path()});
};

TEST_F(statement_test, values_come_back_as_they_were_bound) {
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(echo(largest).integer(0), largest);
  EXPECT_EQ(echo(-7).integer(0), -7);
  EXPECT_EQ(echo(true).integer(0), 1);
  EXPECT_EQ(echo(0.1).real(0), 0.1);
  const std::array<std::uint8_t, 3> bytes{0, 255, 7};
  const auto running = echo(blob(bytes));
  EXPECT_EQ(std::vector(running.bytes(0).begin(), running.bytes(0).end()),
            std::vector(bytes.begin(), bytes.end()));
}

TEST_F(statement_test, text_may_hold_anything) {
  const std::string text("a\0b\xff", 4);
  EXPECT_EQ(echo(text).text(0), text);
  EXPECT_EQ(echo("").text(0), "");
  EXPECT_FALSE(echo(std::string_view{}).is_null(0));
}

TEST_F(statement_test, an_empty_optional_is_null) {
  EXPECT_TRUE(echo(std::optional<std::int64_t>{}).is_null(0));
  EXPECT_EQ(echo(std::optional<std::int64_t>{5}).integer(0), 5);
}

TEST_F(statement_test, null_reads_as_nothing) {
  const auto running = echo(std::nullopt);
  EXPECT_EQ(running.text(0), "");
  EXPECT_TRUE(running.bytes(0).empty());
  EXPECT_EQ(running.integer(0), 0);
}

TEST_F(statement_test, a_statement_can_be_run_again_after_its_rows_are_gone) {
  for (int round = 0; round < 3; ++round) EXPECT_EQ(echo(round).integer(0), round);
}

TEST_F(statement_test, rows_end) {
  auto running = *db_->query("SELECT 1 UNION SELECT 2");
  EXPECT_TRUE(*running.next());
  EXPECT_TRUE(*running.next());
  EXPECT_FALSE(*running.next());
}

TEST_F(statement_test, a_failure_names_the_file) {
  auto running = *db_->query("SELECT abs(-9223372036854775807 - 1)");
  const auto failed = running.next();
  EXPECT_NE(failed.error().message().find(file_.path().string()), std::string::npos);
}

}  // namespace
}  // namespace helenus::sqlite
