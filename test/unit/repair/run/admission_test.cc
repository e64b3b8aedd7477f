#include "repair/run/admission.h"

#include "model/wall_time.h"

#include <gtest/gtest.h>

namespace helenus::repair {
namespace {

using namespace std::chrono_literals;

class admission_test : public ::testing::Test {
 protected:
  base::uuid_source ids{1};
  model::wall_time now{24h * 20000};
  model::run_id next() { return model::run_id(ids.next(now += 1s)); }
};

TEST_F(admission_test, the_oldest_runs_get_the_slots) {
  const auto first = next();
  const auto second = next();
  const auto third = next();
  EXPECT_EQ(admit({{third}, {first}, {second}}, 2), (std::set{first, second}));
}

TEST_F(admission_test, a_stalled_run_keeps_its_right_and_blocks_nobody) {
  const auto first = next();
  const auto second = next();
  const auto third = next();
  EXPECT_EQ(admit({{first, true}, {second}, {third}}, 2), (std::set{first, second, third}));
}

TEST_F(admission_test, nobody_runs_when_nothing_is_allowed) {
  EXPECT_TRUE(admit({{next()}}, 0).empty());
}

}  // namespace
}  // namespace helenus::repair
