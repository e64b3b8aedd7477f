#include "repair/segment/pacing.h"

#include <gtest/gtest.h>

namespace helenus::repair {
namespace {

using namespace std::chrono_literals;

TEST(pacing, full_intensity_never_rests) { EXPECT_EQ(rest_after(150s, 1.0).count(), 0); }

TEST(pacing, half_intensity_rests_as_long_as_it_worked) { EXPECT_EQ(rest_after(150s, 0.5), 150s); }

TEST(pacing, the_share_of_working_time_is_the_intensity) {
  const auto rest = rest_after(150s, 0.9);
  EXPECT_GT(rest, 16s);
  EXPECT_LT(rest, 17s);
}

TEST(pacing, an_intensity_of_almost_nothing_rests_long_but_not_for_ever) {
  EXPECT_EQ(rest_after(1s, 1e-300), 999s);
}

}  // namespace
}  // namespace helenus::repair
