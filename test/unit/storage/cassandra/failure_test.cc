#include "storage/cassandra/failure.h"

#include "cql/errc.h"
#include "storage/errc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace helenus::storage::cassandra {
namespace {

error translated(cql::errc value) { return as_storage_error({value, "what happened"}); }

TEST(failure, that_time_or_an_operator_can_end_is_transient) {
  using enum cql::errc;
  std::map<cql::errc, storage::errc> kinds{{authentication_failed, storage::errc::login_refused},
                                           {permission_missing, storage::errc::permission_missing},
                                           {no_such_keyspace, storage::errc::no_keyspace},
                                           {invalid, storage::errc::old_schema}};
  for (const auto value : {unreachable, unresolved, tls_failed, timed_out, outcome_unknown,
                           unavailable, overloaded, failed, schema_disagreement, closed}) {
    kinds[value] = storage::errc::unavailable;
  }
  for (const auto& [value, kind] : kinds) {
    EXPECT_EQ(translated(value).code, kind);
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
