#include "deployment/leadership.h"

#include <gtest/gtest.h>

namespace helenus::deployment {
namespace {

model::uuid id(std::string_view text) { return *base::uuid::parse(text); }

// The order of java.util.UUID: ids that begin with 8 to f are negative there.
const auto negative = id("f0000000-0000-1000-8000-000000000001");
const auto low = id("10000000-0000-1000-8000-000000000001");
const auto high = id("70000000-0000-1000-8000-000000000001");
const auto high_with_positive_end = id("70000000-0000-1000-7000-000000000001");

TEST(leadership, follows_the_signed_order_of_java) {
  EXPECT_TRUE(comes_before(negative, low));
  EXPECT_TRUE(comes_before(low, high));
  EXPECT_TRUE(comes_before(high, high_with_positive_end));
  EXPECT_FALSE(comes_before(low, negative));
  EXPECT_FALSE(comes_before(low, low));
}

TEST(leadership, is_of_the_first_that_is_alive) {
  EXPECT_EQ(leader({{high, "a"}, {negative, "b"}, {low, "c"}}), negative);
  EXPECT_EQ(leader({{high, "a"}, {low, "c"}}), low);
}

TEST(leadership, is_of_nobody_when_nobody_is_alive) { EXPECT_FALSE(leader({})); }

}  // namespace
}  // namespace helenus::deployment
