#include "repair/recovery/orphan_rule.h"

#include <gtest/gtest.h>

namespace helenus::repair {
namespace {

TEST(orphan_rule, a_known_command_is_followed) {
  model::repair_segment segment;
  segment.coordinator = "10.0.0.1";
  segment.command = model::command_reference{};
  EXPECT_EQ(judge_orphan(segment), orphan_choice::attach);
}

TEST(orphan_rule, a_command_that_may_exist_is_looked_for) {
  model::repair_segment segment;
  segment.coordinator = "10.0.0.1";
  EXPECT_EQ(judge_orphan(segment), orphan_choice::find_out);
}

TEST(orphan_rule, what_no_coordinator_was_told_starts_again) {
  EXPECT_EQ(judge_orphan({}), orphan_choice::again);
}

}  // namespace
}  // namespace helenus::repair
