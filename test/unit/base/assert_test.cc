#include "base/assert.h"

#include <gtest/gtest.h>

namespace helenus::base {
namespace {

TEST(assert_test, a_condition_that_holds_costs_nothing) { HELENUS_ASSERT(1 + 1 == 2); }

TEST(assert_test, a_broken_condition_ends_the_process_and_says_where) {
  EXPECT_DEATH(HELENUS_ASSERT(1 + 1 == 3), "assertion failed: 1 \\+ 1 == 3 at .*assert_test.cc");
}

}  // namespace
}  // namespace helenus::base
