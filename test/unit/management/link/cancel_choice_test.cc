#include "management/link/cancel_choice.h"

#include <gtest/gtest.h>

namespace helenus::management::link {
namespace {

using model::command_state;

TEST(cancel_choice_test, a_command_alone_on_its_node_is_terminated) {
  EXPECT_EQ(choose_cancel({7, command_state::running, {7}, {}}), cancel_step::terminate);
  EXPECT_EQ(choose_cancel({7, command_state::running, {}, {}}), cancel_step::terminate);
}

TEST(cancel_choice_test, our_other_commands_do_not_protect_it) {
  EXPECT_EQ(choose_cancel({7, command_state::running, {7, 8, 9}, {8, 9}}), cancel_step::terminate);
}

TEST(cancel_choice_test, a_foreign_command_protects_all) {
  EXPECT_EQ(choose_cancel({7, command_state::running, {7, 8, 9}, {8}}), cancel_step::leave_running);
  EXPECT_EQ(choose_cancel({7, command_state::unknown, {9}, {8}}), cancel_step::leave_running);
}

TEST(cancel_choice_test, a_command_that_ended_is_left_alone) {
  EXPECT_EQ(choose_cancel({7, command_state::failed, {}, {}}), cancel_step::nothing_to_do);
  EXPECT_EQ(choose_cancel({7, command_state::succeeded, {9}, {}}), cancel_step::nothing_to_do);
}

TEST(cancel_choice_test, what_nobody_knows_is_terminated_only_when_nothing_else_runs) {
  EXPECT_EQ(choose_cancel({7, command_state::unknown, {}, {}}), cancel_step::terminate);
}

}  // namespace
}  // namespace helenus::management::link
