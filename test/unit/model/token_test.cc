#include "model/token.h"

#include <gtest/gtest.h>

namespace helenus::model {
namespace {

TEST(token_test, the_limits_of_both_partitioners_survive_text) {
  for (const auto kind : {partitioner::murmur3, partitioner::random}) {
    for (const auto limit : {minimum_token(kind), maximum_token(kind)}) {
      EXPECT_EQ(*token::parse(limit.to_string(), kind), limit);
    }
  }
  EXPECT_EQ(minimum_token(partitioner::murmur3).to_string(), "-9223372036854775808");
  EXPECT_EQ(maximum_token(partitioner::murmur3).to_string(), "9223372036854775807");
  EXPECT_EQ(maximum_token(partitioner::random).to_string(),
            "170141183460469231731687303715884105727");
  EXPECT_EQ(token(0).to_string(), "0");
}

TEST(token_test, text_that_is_no_token_is_refused_with_what_is_accepted) {
  for (const auto* text : {"", "-", "+1", "1 ", "0x10", "1e5", "9223372036854775808",
                           "-9223372036854775809", "340282366920938463463374607431768211456",
                           "99999999999999999999999999999999999999999999"}) {
    EXPECT_FALSE(token::parse(text, partitioner::murmur3).has_value()) << text;
  }
  EXPECT_FALSE(token::parse("-1", partitioner::random).has_value());
  EXPECT_FALSE(
      token::parse("170141183460469231731687303715884105728", partitioner::random).has_value());
  EXPECT_EQ(token::parse("x", partitioner::random).error().detail,
            "'x' is not a token of RandomPartitioner: expected a whole number from 0 to "
            "170141183460469231731687303715884105727");
}

TEST(token_test, partitioners_are_known_with_and_without_package) {
  EXPECT_EQ(*parse_partitioner("org.apache.cassandra.dht.Murmur3Partitioner"),
            partitioner::murmur3);
  EXPECT_EQ(*parse_partitioner("RandomPartitioner"), partitioner::random);
  EXPECT_FALSE(parse_partitioner("ByteOrderedPartitioner").has_value());
  for (const auto kind : {partitioner::murmur3, partitioner::random}) {
    EXPECT_EQ(*parse_partitioner(to_string(kind)), kind);
  }
}

}  // namespace
}  // namespace helenus::model
