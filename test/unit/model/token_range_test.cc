#include "model/token_range.h"

#include <gtest/gtest.h>

namespace helenus::model {
namespace {

token_range range(int128 start, int128 end) { return {token(start), token(end)}; }

TEST(token_range_test, start_is_outside_and_end_inside) {
  EXPECT_FALSE(range(1, 5).contains(token(1)));
  EXPECT_TRUE(range(1, 5).contains(token(2)));
  EXPECT_TRUE(range(1, 5).contains(token(5)));
  EXPECT_FALSE(range(1, 5).contains(token(6)));
}

TEST(token_range_test, a_range_that_wraps_goes_over_the_end_of_the_ring) {
  EXPECT_TRUE(range(5, 1).wraps());
  EXPECT_TRUE(range(5, 1).contains(token(6)));
  EXPECT_TRUE(range(5, 1).contains(maximum_token(partitioner::murmur3)));
  EXPECT_TRUE(range(5, 1).contains(minimum_token(partitioner::murmur3)));
  EXPECT_TRUE(range(5, 1).contains(token(1)));
  EXPECT_FALSE(range(5, 1).contains(token(5)));
}

TEST(token_range_test, equal_ends_are_the_whole_ring) {
  EXPECT_TRUE(range(3, 3).contains(token(3)));
  EXPECT_TRUE(range(3, 3).encloses(range(7, 2)));
  EXPECT_FALSE(range(7, 2).encloses(range(3, 3)));
  EXPECT_TRUE(range(3, 3).span(partitioner::random) == uint128{1} << 127);
}

TEST(token_range_test, spans_of_both_partitioners) {
  const auto low = minimum_token(partitioner::murmur3);
  const auto high = maximum_token(partitioner::murmur3);
  EXPECT_TRUE((token_range{low, high}.span(partitioner::murmur3)) == (uint128{1} << 64) - 1);
  EXPECT_TRUE((token_range{high, low}.span(partitioner::murmur3)) == 1);
  EXPECT_TRUE(range(10, 4).span(partitioner::random) == (uint128{1} << 127) - 6);
}

TEST(token_range_test, shows_both_ends) { EXPECT_EQ(range(-5, 7).to_string(), "(-5,7]"); }

}  // namespace
}  // namespace helenus::model
