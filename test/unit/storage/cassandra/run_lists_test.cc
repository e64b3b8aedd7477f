#include "storage/cassandra/run_lists.h"

#include <gtest/gtest.h>

namespace helenus::storage::cassandra {
namespace {

using enum model::run_state;

TEST(run_lists, rely_on_an_index_only_when_it_says_that_a_run_has_ended) {
  EXPECT_TRUE(may_be_in({}, done));
  EXPECT_TRUE(may_be_in({running}, std::nullopt));
  EXPECT_TRUE(may_be_in({running}, paused));
  EXPECT_TRUE(may_be_in({done}, running));
  EXPECT_TRUE(may_be_in({running, done}, done));
  EXPECT_FALSE(may_be_in({running}, done));
  EXPECT_FALSE(may_be_in({done}, aborted));
}

TEST(run_lists, put_the_newest_first_by_the_time_in_the_id) {
  base::uuid_source ids(1);
  const model::run_id older{ids.next(model::wall_time(std::chrono::hours(1)))};
  const model::run_id younger{ids.next(model::wall_time(std::chrono::hours(9000)))};
  EXPECT_TRUE(newer(younger, older));
  EXPECT_FALSE(newer(older, younger));
  EXPECT_FALSE(newer(older, older));
}

}  // namespace
}  // namespace helenus::storage::cassandra
