#include "model/range_arithmetic.h"

#include <boost/multiprecision/cpp_int.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace helenus::model {
namespace {

using wide = boost::multiprecision::int256_t;

constexpr auto murmur3 = partitioner::murmur3;
constexpr auto random = partitioner::random;

token_range range(int128 start, int128 end) { return {token(start), token(end)}; }

std::string text(const std::vector<token_range>& ranges) {
  std::string all;
  for (const auto& one : ranges) all += one.to_string();
  return all;
}

// The oracle: which of some sample tokens lie in a range, asked one by one. Ranges whose borders
// all come from a few places are told apart by the places and one token to each side.
struct oracle {
  explicit oracle(partitioner which) : kind(which) {
    const auto low = minimum_token(kind).value();
    const auto high = maximum_token(kind).value();
    borders = {low, low + 1, -3, 0, 1, 7, high - 1, high};
    std::erase_if(borders, [&](int128 place) { return place < low || place > high; });
    std::sort(borders.begin(), borders.end());
    borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
    for (const auto border : borders) {
      for (const auto near : {int128{-1}, int128{0}, int128{1}}) {
        if (near == 1 && border == high) continue;
        if (border + near >= low) samples.insert(border + near);
      }
    }
  }
  static bool in(const token_range& one, int128 place) {
    const auto start = one.start.value();
    const auto end = one.end.value();
    if (start < end) return place > start && place <= end;
    return place > start || place <= end;
  }
  std::set<int128> tokens(const std::vector<token_range>& ranges) const {
    std::set<int128> found;
    for (const auto place : samples) {
      int times = 0;
      for (const auto& one : ranges) times += in(one, place) ? 1 : 0;
      EXPECT_LE(times, 1) << text(ranges);
      if (times > 0) found.insert(place);
    }
    return found;
  }
  std::vector<token_range> every_range() const {
    std::vector<token_range> all;
    for (const auto start : borders) {
      for (const auto end : borders) all.push_back(range(start, end));
    }
    return all;
  }
  partitioner kind;
  std::vector<int128> borders;
  std::set<int128> samples;
};

class range_arithmetic_test : public ::testing::TestWithParam<partitioner> {
 protected:
  oracle truth{GetParam()};
};

TEST_P(range_arithmetic_test, intersection_difference_and_enclosure_agree_with_counting_tokens) {
  for (const auto& left : truth.every_range()) {
    const auto in_left = truth.tokens({left});
    for (const auto& right : truth.every_range()) {
      const auto in_right = truth.tokens({right});
      std::set<int128> both;
      std::set<int128> only_left;
      for (const auto place : in_left) (in_right.contains(place) ? both : only_left).insert(place);
      const auto what = left.to_string() + right.to_string();
      EXPECT_EQ(truth.tokens(intersection(left, right, truth.kind)), both) << what;
      EXPECT_EQ(truth.tokens(difference(left, right, truth.kind)), only_left) << what;
      // Every gap between two borders has a sample, so the samples decide about enclosure too.
      EXPECT_EQ(left.encloses(right), both == in_right) << what;
    }
  }
}

TEST_P(range_arithmetic_test, sizes_add_up) {
  const auto span = [&](const std::vector<token_range>& ranges) {
    uint128 total = 0;
    for (const auto& one : ranges) total += one.span(truth.kind);
    return total;
  };
  for (const auto& left : truth.every_range()) {
    for (const auto& right : truth.every_range()) {
      EXPECT_TRUE(span(intersection(left, right, truth.kind)) +
                      span(difference(left, right, truth.kind)) ==
                  left.span(truth.kind));
    }
  }
}

TEST_P(range_arithmetic_test, merge_keeps_the_tokens_and_leaves_gaps_between_its_ranges) {
  std::mt19937_64 source(7);
  const auto every = truth.every_range();
  for (int round = 0; round < 1000; ++round) {
    std::vector<token_range> some;
    for (auto left = source() % 5; left > 0; --left) some.push_back(every[source() % every.size()]);
    std::set<int128> expected;
    for (const auto& one : some) expected.merge(truth.tokens({one}));
    const auto merged = merge(some, truth.kind);
    EXPECT_EQ(truth.tokens(merged), expected) << text(some);
    EXPECT_TRUE(std::is_sorted(merged.begin(), merged.end()));
    for (const auto& one : merged) {
      for (const auto& other : merged) {
        EXPECT_FALSE(one != other && one.end == other.start) << text(merged);
      }
    }
  }
}

TEST_P(range_arithmetic_test, split_puts_its_borders_where_exact_arithmetic_says) {
  std::mt19937_64 source(11);
  const auto kind = truth.kind;
  const auto size = wide(1) << (kind == murmur3 ? 64 : 127);
  for (int round = 0; round < 100; ++round) {
    const auto pick = [&] {
      const auto bits = static_cast<uint128>(source()) << 64 | source();
      return token(minimum_token(kind).value() + static_cast<int128>(bits % ring_size(kind)));
    };
    const token_range whole{pick(), pick()};
    const auto pieces = source() % 1000 + 1;
    const auto parts = split(whole, pieces, kind);
    ASSERT_EQ(parts.size(), pieces);
    const auto number = [](int128 value) {
      const bool negative = value < 0;
      auto magnitude = negative ? -static_cast<uint128>(value) : static_cast<uint128>(value);
      auto made = (wide(static_cast<std::uint64_t>(magnitude >> 64)) << 64) +
                  wide(static_cast<std::uint64_t>(magnitude));
      return negative ? wide(-made) : made;
    };
    auto span = number(whole.end.value()) - number(whole.start.value());
    if (span <= 0) span += size;
    for (std::size_t j = 1; j <= pieces; ++j) {
      auto border = number(whole.start.value()) + span * j / pieces;
      if (border > number(maximum_token(kind).value())) border -= size;
      ASSERT_EQ(number(parts[j - 1].end.value()), border) << whole.to_string() << " / " << pieces;
    }
    // ceil(span * count / size), the number of parts that Reaper makes
    const auto count = static_cast<std::uint32_t>(source() % 64000 + 1);
    EXPECT_EQ(wide(parts_of_ring(whole, count, kind)), (span * count + size - 1) / size);
  }
}

TEST_P(range_arithmetic_test, a_split_covers_its_range_exactly) {
  for (const auto& whole : truth.every_range()) {
    for (const auto pieces : {1u, 2u, 3u, 7u}) {
      const auto parts = split(whole, pieces, truth.kind);
      uint128 total = 0;
      for (const auto& part : parts) total += part.span(truth.kind);
      EXPECT_TRUE(total == whole.span(truth.kind));
      EXPECT_EQ(truth.tokens(parts), truth.tokens({whole})) << whole.to_string() << pieces;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(partitioners, range_arithmetic_test, ::testing::Values(murmur3, random),
                         [](const auto& info) {
                           return std::string(info.param == murmur3 ? "murmur3" : "random");
                         });

TEST(range_arithmetic, a_range_smaller_than_the_pieces_gives_single_tokens) {
  EXPECT_EQ(text(split(range(5, 8), 10, murmur3)), "(5,6](6,7](7,8]");
}

TEST(range_arithmetic, the_ring_of_one_token_splits) {
  EXPECT_EQ(text(split(range(0, 0), 2, murmur3)),
            "(0,-9223372036854775808](-9223372036854775808,0]");
  EXPECT_EQ(parts_of_ring(range(0, 0), 12, murmur3), 12u);
  EXPECT_EQ(parts_of_ring(range(0, 0), 12, random), 12u);
}

TEST(range_arithmetic, advancing_wraps_after_the_maximum) {
  EXPECT_EQ(advance(maximum_token(murmur3), 1, murmur3), minimum_token(murmur3));
  EXPECT_EQ(advance(maximum_token(random), 1, random), minimum_token(random));
  EXPECT_EQ(advance(token(-5), 10, murmur3), token(5));
  EXPECT_EQ(advance(token(7), ring_size(random), random), token(7));
}

TEST(range_arithmetic, merge_of_everything_is_the_whole_ring) {
  EXPECT_EQ(text(merge({range(0, 5), range(5, 0)}, random)), "(0,0]");
  EXPECT_EQ(text(merge({range(-4, 7), range(5, -2)}, murmur3)),
            "(-9223372036854775808,-9223372036854775808]");
  EXPECT_EQ(text(merge({}, murmur3)), "");
}

TEST(range_arithmetic, a_partition_walks_the_ring_once) {
  EXPECT_TRUE(is_partition({range(3, 3)}));
  EXPECT_TRUE(is_partition({range(1, 5), range(5, 9), range(9, 1)}));
  EXPECT_FALSE(is_partition({}));
  EXPECT_FALSE(is_partition({range(1, 5), range(5, 9)}));
  EXPECT_FALSE(is_partition({range(1, 5), range(6, 9), range(9, 1)}));
  EXPECT_FALSE(is_partition({range(1, 5), range(5, 1), range(1, 1)}));
}

}  // namespace
}  // namespace helenus::model
