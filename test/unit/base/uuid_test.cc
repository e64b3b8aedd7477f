#include "base/uuid.h"

#include <gtest/gtest.h>

#include <set>

namespace helenus::base {
namespace {

using namespace std::chrono_literals;

TEST(uuid_test, text_goes_both_ways) {
  const auto id = uuid::parse("123E4567-e89b-12d3-a456-426614174000");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(id->to_string(), "123e4567-e89b-12d3-a456-426614174000");
  EXPECT_EQ(id->version(), 1);
}

TEST(uuid_test, anything_else_is_refused) {
  for (const auto* text :
       {"", "123e4567", "123e4567-e89b-12d3-a456-42661417400",
        "123e4567-e89b-12d3-a456-4266141740000", "123e4567ee89b-12d3-a456-426614174000",
        "g23e4567-e89b-12d3-a456-426614174000", "{23e4567-e89b-12d3-a456-42661417400}"}) {
    EXPECT_FALSE(uuid::parse(text).has_value()) << text;
  }
}

TEST(uuid_test, the_time_inside_is_read_back) {
  // RFC 9562, appendix A.1: 2022-02-22T19:22:22Z
  const auto id = uuid::parse("c232ab00-9414-11ec-b3c8-9f6bdeced846");
  EXPECT_EQ(id->timestamp(), 0x1EC9414C232AB00ULL);
  EXPECT_EQ(uuid::parse("c232ab00-9414-41ec-b3c8-9f6bdeced846")->timestamp(), 0U);
}

TEST(uuid_test, made_ids_are_of_version_1_unique_and_ordered_by_time) {
  uuid_source source(42);
  std::set<uuid> seen;
  std::uint64_t last = 0;
  for (int count = 0; count < 1000; ++count) {
    const auto id = source.next(clock::wall_time(1767225600000ms));
    EXPECT_EQ(id.version(), 1);
    EXPECT_GT(id.timestamp(), last);
    last = id.timestamp();
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(uuid_test, a_clock_that_steps_back_does_not_repeat_ids) {
  uuid_source source(42);
  const auto first = source.next(clock::wall_time(1767225600000ms));
  const auto second = source.next(clock::wall_time(1767225500000ms));
  EXPECT_GT(second.timestamp(), first.timestamp());
}

}  // namespace
}  // namespace helenus::base
