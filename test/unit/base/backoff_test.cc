#include "base/backoff.h"

#include <gtest/gtest.h>

namespace helenus::base {
namespace {

using namespace std::chrono_literals;

TEST(backoff_test, waits_grow_by_the_factor_up_to_the_largest) {
  const backoff_options options{.first = 100ms, .largest = 1000ms, .factor = 3.0, .jitter = 0.0};
  EXPECT_EQ(backoff_delay(options, 1, 0), 100ms);
  EXPECT_EQ(backoff_delay(options, 2, 0), 300ms);
  EXPECT_EQ(backoff_delay(options, 3, 0), 900ms);
  EXPECT_EQ(backoff_delay(options, 4, 0), 1000ms);
  EXPECT_EQ(backoff_delay(options, 4'000'000'000U, 0), 1000ms);
}

TEST(backoff_test, attempt_zero_counts_as_the_first) {
  EXPECT_EQ(backoff_delay({.jitter = 0.0}, 0, 0), backoff_delay({.jitter = 0.0}, 1, 0));
}

TEST(backoff_test, jitter_only_shortens_and_by_no_more_than_its_share) {
  const backoff_options options{.first = 1000ms, .largest = 1000ms, .factor = 1.0, .jitter = 0.5};
  EXPECT_EQ(backoff_delay(options, 1, 0), 1000ms);
  EXPECT_EQ(backoff_delay(options, 1, ~std::uint64_t{0}), 500ms);
}

TEST(backoff_test, a_wait_is_never_nothing) {
  const backoff_options options{.first = 1ms, .largest = 1ms, .factor = 1.0, .jitter = 1.0};
  EXPECT_EQ(backoff_delay(options, 1, ~std::uint64_t{0}), 1ms);
}

}  // namespace
}  // namespace helenus::base
