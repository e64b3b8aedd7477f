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
  /// What was asked for just now.
  model::version read(const std::string& content) {
    return seen_.read(run_, row_, content, seen_.now());
  }
  seen_rows<model::segment_id, std::string> seen_;
};

TEST_F(seen_rows_test, gives_content_that_is_as_it_was_the_same_version) {
  EXPECT_EQ(read("a"), 1);
  EXPECT_EQ(read("a"), 1);
  EXPECT_EQ(read("b"), 2);
  EXPECT_EQ(read("a"), 3);
}

TEST_F(seen_rows_test, knows_what_stood_there_at_the_last_version_only) {
  read("a");
  ASSERT_NE(seen_.find(run_, row_, 1), nullptr);
  EXPECT_EQ(*seen_.find(run_, row_, 1), "a");
  read("b");
  EXPECT_EQ(seen_.find(run_, row_, 1), nullptr);
  EXPECT_EQ(*seen_.find(run_, row_, 2), "b");
  EXPECT_EQ(seen_.find(model::run_id(ids_.next({})), row_, 2), nullptr);
}

TEST_F(seen_rows_test, counts_what_is_written_even_when_it_is_the_same) {
  read("a");
  EXPECT_EQ(seen_.written(run_, row_, 1, "a"), 2);
  EXPECT_EQ(seen_.written(run_, row_, 2, "b"), 3);
  EXPECT_EQ(read("b"), 3);
}

TEST_F(seen_rows_test, takes_a_row_that_is_read_before_its_write_has_answered_for_that_write) {
  read("a");
  EXPECT_EQ(read("b"), 2);
  EXPECT_EQ(seen_.written(run_, row_, 1, "b"), 2);
  EXPECT_EQ(*seen_.find(run_, row_, 2), "b");
}

TEST_F(seen_rows_test, what_is_read_before_its_write_has_answered_may_be_a_part_of_that_write) {
  read("a");
  const auto part = read("a part of b");
  const auto version = seen_.written(run_, row_, 1, "b");
  EXPECT_GT(version, part);
  EXPECT_EQ(*seen_.find(run_, row_, version), "b");
  EXPECT_EQ(read("b"), version);
}

TEST_F(seen_rows_test, does_not_take_what_came_after_a_write_for_the_write) {
  read("a");
  read("b");
  read("c");
  const auto version = seen_.written(run_, row_, 1, "b");
  EXPECT_EQ(read("c"), version + 1);
  EXPECT_EQ(seen_.find(run_, row_, version), nullptr);
}

TEST_F(seen_rows_test, what_was_asked_for_before_a_write_was_answered_is_no_news) {
  read("a");
  const auto asked = seen_.now();
  const auto written = seen_.written(run_, row_, 1, "b");
  const auto outdated = seen_.read(run_, row_, "a", asked);
  EXPECT_EQ(seen_.find(run_, row_, outdated), nullptr);
  EXPECT_EQ(*seen_.find(run_, row_, written), "b");
  EXPECT_NE(seen_.read(run_, row_, "a", asked), outdated);
  EXPECT_EQ(seen_.read(run_, row_, "b", asked), written);
  EXPECT_EQ(read("c"), written + 1);
}

TEST_F(seen_rows_test, what_was_asked_for_before_news_was_read_is_none) {
  read("a");
  const auto asked = seen_.now();
  EXPECT_EQ(read("b"), 2);
  EXPECT_EQ(seen_.written(run_, row_, 1, "b"), 2);
  seen_.read(run_, row_, "a", asked);
  EXPECT_EQ(*seen_.find(run_, row_, 2), "b");
}

TEST_F(seen_rows_test, never_gives_a_version_again_after_it_had_to_forget) {
  seen_rows<model::segment_id, std::string> small(2);
  small.read(run_, row_, "a", small.now());
  small.read(run_, row_, "b", small.now());
  const model::run_id other{ids_.next({})};
  small.read(other, model::segment_id(ids_.next({})), "x", small.now());
  small.read(other, model::segment_id(ids_.next({})), "x", small.now());
  EXPECT_EQ(small.find(run_, row_, 2), nullptr);
  EXPECT_GT(small.read(run_, row_, "c", small.now()), 2);
  EXPECT_EQ(small.size(), 1u);
}

TEST_F(seen_rows_test, knows_what_was_seen_last) {
  EXPECT_EQ(seen_.last(run_, row_), nullptr);
  read("a");
  read("b");
  EXPECT_EQ(*seen_.last(run_, row_), "b");
  EXPECT_EQ(seen_.last(run_, model::segment_id(ids_.next({}))), nullptr);
}

TEST_F(seen_rows_test, forgets_a_run) {
  read("a");
  seen_.forget(run_);
  EXPECT_EQ(seen_.size(), 0u);
  EXPECT_EQ(seen_.find(run_, row_, 1), nullptr);
}

}  // namespace
}  // namespace helenus::storage::cassandra
