#include "repair/dispatch/gate_rule.h"

#include <gtest/gtest.h>

namespace helenus::repair {
namespace {

using namespace std::chrono_literals;
using model::waiting_for;

class gate_rule_test : public ::testing::Test {
 protected:
  base::clock::time_point now{1h};
  cluster::node_sample sample;
  node_gate judge() { return judge_node(&sample, now, {}); }
  void SetUp() override {
    sample.taken = now;
    sample.pending_compactions = 20;
  }
};

TEST_F(gate_rule_test, a_healthy_node_takes_part) { EXPECT_TRUE(judge().open); }

TEST_F(gate_rule_test, a_node_that_was_never_looked_at_waits) {
  EXPECT_FALSE(judge_node(nullptr, now, {}).open);
}

TEST_F(gate_rule_test, too_many_pending_compactions_close_it) {
  sample.pending_compactions = 21;
  EXPECT_EQ(judge().what, waiting_for::pending_compactions);
  EXPECT_EQ(judge().detail, "21 pending compactions, 20 are allowed");
}

TEST_F(gate_rule_test, a_dead_node_is_named_so_even_when_it_can_not_be_asked) {
  sample.alive = false;
  sample.pending_compactions.reset();
  EXPECT_EQ(judge().what, waiting_for::node_down);
}

TEST_F(gate_rule_test, a_node_that_does_not_answer_says_why) {
  sample.pending_compactions.reset();
  sample.failure = "connection refused";
  EXPECT_EQ(judge().what, waiting_for::node_unreachable);
  EXPECT_EQ(judge().detail, "connection refused");
}

TEST_F(gate_rule_test, an_old_sample_says_nothing) {
  sample.taken = now - 21s;
  EXPECT_FALSE(judge().open);
}

}  // namespace
}  // namespace helenus::repair
