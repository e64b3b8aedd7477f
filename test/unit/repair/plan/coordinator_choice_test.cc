#include "repair/plan/coordinator_choice.h"

#include <gtest/gtest.h>

namespace helenus::repair {
namespace {

using namespace std::chrono_literals;
using model::waiting_for;
using addresses = std::vector<model::node_address>;

class coordinator_choice_test : public ::testing::Test {
 protected:
  coordinator_choice_test() {
    question.replicas = std::make_shared<const std::vector<model::replica>>(
        std::vector<model::replica>{{"a", "dc1"}, {"b", "dc1"}, {"c", "dc2"}});
    question.now = model::wall_time(1h);
    for (const auto& replica : *question.replicas) views[replica.address] = {};
  }
  coordinator_order choose() const { return choose_coordinators(question, views); }

  coordinator_question question;
  std::map<model::node_address, coordinator_view> views;
};

TEST_F(coordinator_choice_test, the_same_question_has_the_same_answer_and_spread_turns_it) {
  std::map<model::node_address, int> first;
  for (question.spread = 0; question.spread < 3000; ++question.spread) {
    const auto order = choose();
    EXPECT_EQ(order.candidates.size(), 3u);
    EXPECT_EQ(order.candidates, choose().candidates);
    EXPECT_FALSE(order.waits_for.has_value());
    ++first[order.candidates.front()];
  }
  for (const auto& [address, times] : first) EXPECT_NEAR(times, 1000, 150) << address;
}

TEST_F(coordinator_choice_test, our_datacenter_and_fewer_commands_come_first) {
  question.preferred_datacenter = "dc2";
  views["a"].commands = 3;
  views["b"].commands = 1;
  views["c"].commands = 7;
  EXPECT_EQ(choose().candidates, (addresses{"c", "b", "a"}));
}

TEST_F(coordinator_choice_test, among_equals_the_one_that_was_asked_longest_ago_comes_first) {
  views["a"].last_asked = 8;
  views["b"].last_asked = 7;
  for (question.spread = 0; question.spread < 50; ++question.spread) {
    EXPECT_EQ(choose().candidates, (addresses{"c", "b", "a"}));
  }
  views["c"].commands = 1;
  EXPECT_EQ(choose().candidates, (addresses{"b", "a", "c"}));
}

TEST_F(coordinator_choice_test, asked_in_turn_each_coordinates_its_share) {
  std::map<model::node_address, int> times;
  for (question.spread = 0; question.spread < 100; ++question.spread) {
    const auto first = choose().candidates.front();
    views[first].last_asked = question.spread + 1;
    ++times[first];
  }
  for (const auto& [address, count] : times) EXPECT_NEAR(count, 33, 1) << address;
}

TEST_F(coordinator_choice_test, a_recent_failure_comes_last_until_it_is_forgiven) {
  question.preferred_datacenter = "dc2";
  views["c"].failed_lately = true;
  views["b"].commands = 1;
  EXPECT_EQ(choose().candidates, (addresses{"a", "b", "c"}));
  views["c"].failed_lately = false;
  EXPECT_EQ(choose().candidates.front(), "c");
}

TEST_F(coordinator_choice_test, who_can_not_coordinate_is_left_out) {
  views["a"].alive = false;
  views["b"].mode = model::node_mode::leaving;
  EXPECT_EQ(choose().candidates, (addresses{"c"}));
  question.datacenters = {"dc1"};
  EXPECT_TRUE(choose().candidates.empty());
  views["b"].mode = model::node_mode::normal;
  EXPECT_EQ(choose().candidates, (addresses{"b"}));
  views["b"].may_call = false;
  EXPECT_TRUE(choose().candidates.empty());
}

TEST_F(coordinator_choice_test, those_that_were_tried_are_not_asked_again) {
  question.tried = {"a", "b"};
  EXPECT_EQ(choose().candidates, (addresses{"c"}));
  question.tried.insert("c");
  const auto none = choose();
  EXPECT_EQ(none.waits_for->what, waiting_for::node_unreachable);
  EXPECT_EQ(none.waits_for->since, question.now);
}

TEST_F(coordinator_choice_test, the_reason_names_what_mends_itself_soonest_and_tells_all) {
  views.erase("c");
  views["a"].mode = model::node_mode::joining;
  views["b"].may_call = false;
  const auto none = choose();
  ASSERT_TRUE(none.waits_for.has_value());
  EXPECT_EQ(none.waits_for->what, waiting_for::node_down);
  EXPECT_EQ(none.waits_for->node, "c");
  EXPECT_EQ(none.waits_for->detail,
            "c is down, a is joining, leaving or moving, b may not be called from here");
}

TEST_F(coordinator_choice_test, no_replicas_is_a_reason_too) {
  question.replicas = std::make_shared<const std::vector<model::replica>>();
  EXPECT_EQ(choose().waits_for->detail, "the segment has no replicas");
}

}  // namespace
}  // namespace helenus::repair
