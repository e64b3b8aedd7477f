#include "deployment/lease_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace helenus::deployment {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using time_point = lease_book::time_point;
const model::run_id run{base::uuid({1})};
const model::run_id other_run{base::uuid({2})};
const model::segment_id first{base::uuid({10})};
const model::segment_id second{base::uuid({11})};
const model::segment_id third{base::uuid({12})};

std::vector<model::node_address> moved(const std::vector<storage::handed_node>& handed) {
  std::vector<model::node_address> nodes;
  for (const auto& each : handed) nodes.push_back(each.node);
  return nodes;
}

void take(lease_book& book, const storage::node_lease& what, time_point when = {}) {
  ASSERT_TRUE(book.begin(what));
  book.taken(what.segment, when);
}

TEST(lease_book, refuses_a_node_that_a_segment_of_ours_needs) {
  lease_book book;
  take(book, {run, first, {"a", "b"}});
  EXPECT_FALSE(book.begin({run, second, {"b", "c"}}));
  EXPECT_TRUE(book.begin({run, second, {"c"}}));
}

TEST(lease_book, leases_of_different_runs_do_not_exclude_each_other) {
  lease_book book;
  take(book, {run, first, {"a"}});
  const auto handed = book.begin({other_run, second, {"a"}});
  ASSERT_TRUE(handed);
  EXPECT_THAT(handed->moved, IsEmpty());
}

TEST(lease_book, a_node_goes_to_the_next_segment_and_is_not_freed_by_the_former) {
  lease_book book;
  take(book, {run, first, {"a", "b"}});
  EXPECT_TRUE(book.hand_over(first));
  const auto handed = book.begin({run, second, {"b", "c"}});
  ASSERT_TRUE(handed);
  EXPECT_THAT(moved(handed->moved), ElementsAre("b"));
  EXPECT_THAT(handed->freed, IsEmpty());
  EXPECT_EQ(handed->moved.front().from, first);
  const auto freed = book.remove(first);
  ASSERT_TRUE(freed);
  EXPECT_THAT(freed->nodes, ElementsAre("a"));
  book.taken(second, {});
  EXPECT_THAT(book.remove(second)->nodes, ElementsAre("b", "c"));
}

TEST(lease_book, what_nobody_needs_any_more_is_freed_with_the_next_lease) {
  lease_book book;
  take(book, {run, first, {"a", "b"}});
  take(book, {other_run, third, {"x"}});
  book.hand_over(first);
  book.hand_over(third);
  const auto changes = book.begin({run, second, {"a", "c"}}, true);
  ASSERT_TRUE(changes);
  EXPECT_THAT(moved(changes->freed), ElementsAre("b"));
  EXPECT_EQ(changes->freed.front().from, first);
  book.taken(second, {});
  EXPECT_FALSE(book.remove(first));
  EXPECT_THAT(book.remove(third)->nodes, ElementsAre("x"));
}

TEST(lease_book, nothing_is_freed_that_a_segment_works_on) {
  lease_book book;
  take(book, {run, first, {"a", "b"}});
  const auto changes = book.begin({run, second, {"c"}}, true);
  ASSERT_TRUE(changes);
  EXPECT_THAT(changes->freed, IsEmpty());
}

TEST(lease_book, a_refusal_gives_back_what_was_freed) {
  lease_book book;
  take(book, {run, first, {"a", "b"}});
  book.hand_over(first);
  ASSERT_TRUE(book.begin({run, second, {"c"}}, true));
  EXPECT_THAT(book.refused(second), IsEmpty());
  EXPECT_THAT(book.remove(first)->nodes, ElementsAre("a", "b"));
}

TEST(lease_book, a_refusal_gives_back_what_was_moved) {
  lease_book book;
  take(book, {run, first, {"a"}});
  book.hand_over(first);
  ASSERT_TRUE(book.begin({run, second, {"a", "b"}}));
  EXPECT_THAT(book.refused(second), IsEmpty());
  EXPECT_THAT(book.remove(first)->nodes, ElementsAre("a"));
}

TEST(lease_book, a_refusal_names_what_nobody_needs_any_more) {
  lease_book book;
  take(book, {run, first, {"a"}});
  book.hand_over(first);
  ASSERT_TRUE(book.begin({run, second, {"a", "b"}}));
  EXPECT_FALSE(book.remove(first));  // its only node has moved
  const auto unneeded = book.refused(second);
  ASSERT_EQ(unneeded.size(), 1U);
  EXPECT_EQ(unneeded.front().segment, first);
  EXPECT_THAT(unneeded.front().nodes, ElementsAre("a"));
}

TEST(lease_book, does_not_hand_over_what_is_not_taken_yet) {
  lease_book book;
  ASSERT_TRUE(book.begin({run, first, {"a"}}));
  EXPECT_FALSE(book.hand_over(first));
  EXPECT_FALSE(book.hand_over(second));
  EXPECT_FALSE(book.begin({run, second, {"a"}}));
}

TEST(lease_book, names_what_is_to_be_prolonged) {
  lease_book book;
  take(book, {run, first, {"a"}}, time_point(10s));
  take(book, {run, second, {"b"}}, time_point(20s));
  ASSERT_TRUE(book.begin({run, third, {"c"}}));  // not taken: nothing to prolong
  EXPECT_THAT(book.older_than(time_point(5s)), IsEmpty());
  ASSERT_EQ(book.older_than(time_point(15s)).size(), 1U);
  EXPECT_EQ(book.older_than(time_point(25s)).size(), 2U);
  book.renewed(first, time_point(30s));
  EXPECT_EQ(book.older_than(time_point(25s)).size(), 1U);
  book.hand_over(second);  // over: it goes to another segment or is freed
  EXPECT_THAT(book.older_than(time_point(25s)), IsEmpty());
}

TEST(lease_book, knows_whether_a_lease_is_still_as_it_was) {
  lease_book book;
  const storage::node_lease what{run, first, {"a", "b"}};
  take(book, what);
  EXPECT_TRUE(book.is_current(what));
  EXPECT_THAT(book.unneeded(), IsEmpty());
  book.hand_over(first);
  EXPECT_FALSE(book.is_current(what));
  EXPECT_EQ(book.unneeded().size(), 1U);
  book.remove(first);
  EXPECT_THAT(book.unneeded(), IsEmpty());
}

}  // namespace
}  // namespace helenus::deployment
