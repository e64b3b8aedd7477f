#include "storage/cassandra/failure.h"

#include "cql/errc.h"
#include "storage/errc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace helenus::storage::cassandra {
namespace {

error translated(cql::errc value) { return as_storage_error({value, "what happened"}); }

TEST(failure, that_time_or_an_operator_can_end_is_transient) {
  using enum cql::errc;
  for (const auto value : {unreachable, unresolved, authentication_failed, permission_missing,
                           tls_failed, no_such_keyspace, timed_out, outcome_unknown, unavailable,
                           overloaded, failed, schema_disagreement, invalid, closed}) {
    EXPECT_EQ(translated(value).code, storage::errc::unavailable);
    EXPECT_TRUE(base::is_transient(translated(value)));
    EXPECT_THAT(translated(value).message(), ::testing::HasSubstr("what happened"));
  }
}

TEST(failure, of_what_a_row_holds_is_corrupt) {
  using enum cql::errc;
  for (const auto value : {wrong_type, unexpected_null, no_such_column, malformed}) {
    EXPECT_EQ(translated(value).code, storage::errc::corrupt);
  }
}

TEST(failure, of_another_kind_stays_as_it_is) {
  EXPECT_EQ(as_storage_error({storage::errc::superseded, "x"}).code, storage::errc::superseded);
}

TEST(failure, tells_whether_a_write_may_have_happened) {
  EXPECT_TRUE(may_have_happened({cql::errc::outcome_unknown, ""}));
  EXPECT_FALSE(may_have_happened({cql::errc::timed_out, ""}));
}

}  // namespace
}  // namespace helenus::storage::cassandra
