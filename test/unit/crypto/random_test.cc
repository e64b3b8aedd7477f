#include "crypto/random.h"

#include <gtest/gtest.h>

namespace helenus::crypto {
namespace {

TEST(random_test, has_the_length_that_was_asked_for_and_is_another_one_each_time) {
  EXPECT_EQ(random_bytes(0), "");
  EXPECT_EQ(random_bytes(32).size(), 32U);
  EXPECT_NE(random_bytes(32), random_bytes(32));
}

}  // namespace
}  // namespace helenus::crypto
