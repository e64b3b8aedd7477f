#include "storage/cassandra/seen_rows.h"

#include <gtest/gtest.h>

#include <string>

namespace helenus::storage::cassandra {
namespace {

class seen_rows_test : public ::testing::Test {
 protected:
  base::uuid_source ids_{1};
  model::run_id run_{ids_.next({})};
  model::segment_id row_{ids_.next({})};
  seen_rows<model::segment_id, std::string> seen_;
};

TEST_F(seen_rows_test, gives_content_that_is_as_it_was_the_same_version) {
  EXPECT_EQ(seen_.read(run_, row_, "a"), 1);
  EXPECT_EQ(seen_.read(run_, row_, "a"), 1);
  EXPECT_EQ(seen_.read(run_, row_, "b"), 2);
  EXPECT_EQ(seen_.read(run_, row_, "a"), 3);
}

TEST_F(seen_rows_test, knows_what_stood_there_at_the_last_version_only) {
  seen_.read(run_, row_, "a");
  ASSERT_NE(seen_.find(run_, row_, 1), nullptr);
  EXPECT_EQ(*seen_.find(run_, row_, 1), "a");
  seen_.read(run_, row_, "b");
  EXPECT_EQ(seen_.find(run_, row_, 1), nullptr);
  EXPECT_EQ(*seen_.find(run_, row_, 2), "b");
  EXPECT_EQ(seen_.find(model::run_id(ids_.next({})), row_, 2), nullptr);
}

TEST_F(seen_rows_test, counts_what_is_written_even_when_it_is_the_same) {
  seen_.read(run_, row_, "a");
  EXPECT_EQ(seen_.written(run_, row_, 1, "a"), 2);
  EXPECT_EQ(seen_.written(run_, row_, 2, "b"), 3);
  EXPECT_EQ(seen_.read(run_, row_, "b"), 3);
}

TEST_F(seen_rows_test, takes_a_row_that_is_read_before_its_write_has_answered_for_that_write) {
  seen_.read(run_, row_, "a");
  EXPECT_EQ(seen_.read(run_, row_, "b"), 2);
  EXPECT_EQ(seen_.written(run_, row_, 1, "b"), 2);
  EXPECT_EQ(*seen_.find(run_, row_, 2), "b");
}

TEST_F(seen_rows_test, does_not_take_what_came_after_a_write_for_the_write) {
  seen_.read(run_, row_, "a");
  seen_.read(run_, row_, "b");
  seen_.read(run_, row_, "c");
  const auto version = seen_.written(run_, row_, 1, "b");
  EXPECT_EQ(seen_.find(run_, row_, version), nullptr);
}

TEST_F(seen_rows_test, never_gives_a_version_again_after_it_had_to_forget) {
  seen_rows<model::segment_id, std::string> small(2);
  small.read(run_, row_, "a");
  small.read(run_, row_, "b");
  const model::run_id other{ids_.next({})};
  small.read(other, model::segment_id(ids_.next({})), "x");
  small.read(other, model::segment_id(ids_.next({})), "x");
  EXPECT_EQ(small.find(run_, row_, 2), nullptr);
  EXPECT_GT(small.read(run_, row_, "c"), 2);
  EXPECT_EQ(small.size(), 1u);
}

TEST_F(seen_rows_test, knows_what_was_seen_last) {
  EXPECT_EQ(seen_.last(run_, row_), nullptr);
  seen_.read(run_, row_, "a");
  seen_.read(run_, row_, "b");
  EXPECT_EQ(*seen_.last(run_, row_), "b");
  EXPECT_EQ(seen_.last(run_, model::segment_id(ids_.next({}))), nullptr);
}

TEST_F(seen_rows_test, forgets_a_run) {
  seen_.read(run_, row_, "a");
  seen_.forget(run_);
  EXPECT_EQ(seen_.size(), 0u);
  EXPECT_EQ(seen_.find(run_, row_, 1), nullptr);
}

}  // namespace
}  // namespace helenus::storage::cassandra
