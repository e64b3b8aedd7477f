#include "repair/dispatch/packing.h"

#include <gtest/gtest.h>

#include <array>

namespace helenus::repair {
namespace {

using chosen = std::vector<std::size_t>;

class packing_test : public ::testing::Test {
 protected:
  std::vector<std::vector<std::uint32_t>> sets;
  chosen choose(const std::vector<std::int64_t>& work) {
    std::vector<packing_item> items;
    for (const auto& set : sets) items.push_back({set});
    return choose_disjoint(items, work);
  }
};

TEST_F(packing_test, nothing_gives_nothing) { EXPECT_EQ(choose({}), chosen{}); }

TEST_F(packing_test, the_preferred_come_first) {
  sets = {{0, 1}, {1, 2}, {2, 3}};
  EXPECT_EQ(choose({9, 8, 1, 1}), (chosen{0, 2}));
}

TEST_F(packing_test, one_makes_room_for_two_when_nobody_is_more_loaded) {
  sets = {{1, 2}, {0, 1}, {2, 3}};
  EXPECT_EQ(choose({5, 5, 5, 5}), (chosen{1, 2}));
}

TEST_F(packing_test, the_most_loaded_node_is_not_traded_for_idle_ones) {
  sets = {{1, 4}, {0, 1}, {4, 3}};
  EXPECT_EQ(choose({1, 1, 1, 1, 9}), (chosen{1, 2}));
  sets = {{1, 2, 4}, {0, 1}, {2, 3}};
  EXPECT_EQ(choose({1, 1, 1, 1, 9}), chosen{0});
}

TEST_F(packing_test, what_is_chosen_is_disjoint_and_leaves_no_room) {
  std::uint64_t random = 7;
  for (int round = 0; round < 200; ++round) {
    sets.clear();
    std::vector<std::int64_t> work(12, 0);
    for (int index = 0; index < 40; ++index) {
      std::vector<std::uint32_t> set;
      while (set.size() < 3) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        const auto node = static_cast<std::uint32_t>((random >> 33U) % 12);
        if (std::find(set.begin(), set.end(), node) == set.end()) set.push_back(node);
      }
      for (const auto node : set) ++work[node];
      sets.push_back(set);
    }
    std::array<bool, 12> taken{};
    for (const auto index : choose(work)) {
      for (const auto node : sets[index]) {
        ASSERT_FALSE(taken[node]);
        taken[node] = true;
      }
    }
    for (const auto& set : sets) {
      ASSERT_TRUE(taken[set[0]] || taken[set[1]] || taken[set[2]]);
    }
  }
}

}  // namespace
}  // namespace helenus::repair
