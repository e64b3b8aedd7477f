#include "repair/dispatch/foreign_repairs.h"

#include <gtest/gtest.h>

namespace helenus::repair {
namespace {

TEST(foreign_repairs, what_is_seen_twice_and_not_ours_is_foreign) {
  foreign_repairs repairs;
  repairs.looked("a", {7, 8}, {8}, false);
  EXPECT_EQ(repairs.sentence("a"), "");
  repairs.looked("a", {7, 8}, {8}, false);
  EXPECT_EQ(repairs.sentence("a"), "repair command 7, which is not ours, runs on a");
  EXPECT_EQ(repairs.sentence("b"), "");
  repairs.looked("a", {8}, {8}, false);
  EXPECT_EQ(repairs.sentence("a"), "");
}

TEST(foreign_repairs, one_of_ours_in_an_old_list_is_not_foreign) {
  foreign_repairs repairs;
  repairs.ended("a", 7);
  repairs.looked("a", {7}, {}, false);
  repairs.looked("a", {7}, {}, false);
  EXPECT_EQ(repairs.sentence("a"), "");
}

TEST(foreign_repairs, while_a_number_of_ours_is_unknown_nothing_is_concluded) {
  foreign_repairs repairs;
  repairs.looked("a", {7}, {}, true);
  repairs.looked("a", {7}, {}, true);
  EXPECT_EQ(repairs.sentence("a"), "");
  repairs.looked("a", {7}, {7}, false);
  EXPECT_EQ(repairs.sentence("a"), "");
}

TEST(foreign_repairs, several_are_all_named_and_nodes_that_left_are_forgotten) {
  foreign_repairs repairs;
  repairs.looked("a", {9, 7}, {}, false);
  repairs.looked("a", {9, 7}, {}, false);
  EXPECT_EQ(repairs.sentence("a"), "repair commands 7, 9, which are not ours, run on a");
  repairs.keep([](const auto& node) { return node != "a"; });
  EXPECT_EQ(repairs.sentence("a"), "");
}

}  // namespace
}  // namespace helenus::repair
