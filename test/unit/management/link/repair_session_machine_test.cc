#include "management/link/repair_session_machine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace helenus::management::link {
namespace {

using namespace std::chrono_literals;
using state = repair_session_machine::state;
using model::command_state;

progress_event event(std::int64_t number, model::repair_event what, std::int32_t command = 7) {
  return {command, number, {}, std::move(what)};
}

/// The machine with a clock, and what it delivered and asked.
class driver {
 public:
  void feed(session_input happened) {
    for (auto& action : machine.on(happened, now)) {
      if (auto* given = std::get_if<deliver>(&action)) {
        delivered.push_back(std::move(given->what));
      } else {
        ++asked;
      }
    }
  }
  void say(std::int64_t number, model::repair_event what, std::int32_t command = 7) {
    feed(notified{event(number, std::move(what), command)});
  }
  void answer(command_state answer) { feed(answered{{answer, "asked"}}); }
  void wait(base::clock::duration length) {
    now += length;
    feed(time_passed{});
  }
  template <class Event>
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::count_if(delivered.begin(), delivered.end(),
                      [](const auto& what) { return std::holds_alternative<Event>(what); }));
  }

  base::clock::time_point now{};
  repair_session_machine machine{session_patience{}};
  std::vector<model::repair_event> delivered;
  int asked = 0;
};

driver following() {
  driver session;
  session.feed(number_known{7});
  return session;
}

TEST(repair_session_machine_test, every_order_of_number_and_events_delivers_each_event_once) {
  const std::vector<session_input> inputs{
      number_known{7},
      notified{event(1, model::command_started{})},
      notified{event(2, model::command_progress{1, 5, "half"})},
      notified{event(3, model::command_succeeded{"good"})},
      notified{event(4, model::command_completed{})},
      notified{event(5, model::command_completed{true}, 8)},
  };
  std::vector<std::size_t> order(inputs.size());
  std::iota(order.begin(), order.end(), 0U);
  do {
    driver session;
    std::vector<std::size_t> expected;
    for (const auto index : order) session.feed(inputs[index]);
    EXPECT_EQ(session.machine.current(), state::ended);
    EXPECT_EQ(session.asked, 0);
    EXPECT_EQ(session.count<model::command_succeeded>(), 1U);
    EXPECT_EQ(session.count<model::command_completed>(), 1U);
    EXPECT_FALSE(
        std::any_of(session.delivered.begin(), session.delivered.end(), [](const auto& what) {
          const auto* completed = std::get_if<model::command_completed>(&what);
          return completed != nullptr && completed->says_error;  // command 8's
        }));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(repair_session_machine_test, every_order_of_a_failing_command_ends) {
  const std::vector<session_input> inputs{
      number_known{7},
      notified{event(1, model::command_started{})},
      notified{event(2, model::command_failed{"early"})},
      notified{event(3, model::command_failed{"Some repair failed"})},
      notified{event(4, model::command_completed{})},
  };
  std::vector<std::size_t> order(inputs.size());
  std::iota(order.begin(), order.end(), 0U);
  do {
    driver session;
    for (const auto index : order) session.feed(inputs[index]);
    EXPECT_EQ(session.machine.current(), state::ended);
    EXPECT_GE(session.count<model::command_failed>(), 1U);
    EXPECT_EQ(session.count<model::command_completed>(), 1U);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(repair_session_machine_test, every_subset_of_lost_events_ends_with_an_answer) {
  for (unsigned kept = 0; kept < 16; ++kept) {
    for (const auto truth : {command_state::succeeded, command_state::failed}) {
      auto session = following();
      if (kept & 1U) session.say(1, model::command_started{});
      if (kept & 2U) session.say(2, model::command_progress{1, 5, "half"});
      if (kept & 4U) session.say(3, model::command_succeeded{});
      if (kept & 8U) session.say(4, model::command_completed{});
      if (session.machine.current() == state::ended) continue;
      session.wait(30s);
      EXPECT_EQ(session.asked, 1) << kept;
      session.answer(truth);
      EXPECT_EQ(session.machine.current(), state::ended) << kept;
      EXPECT_EQ(session.count<model::command_answer>(), 1U);
    }
  }
}

TEST(repair_session_machine_test, events_before_the_number_are_kept_in_order) {
  driver session;
  session.say(1, model::command_started{}, 6);
  session.say(2, model::command_started{});
  session.say(3, model::command_failed{"refused"});
  session.say(4, model::command_completed{true});
  EXPECT_TRUE(session.delivered.empty());
  session.feed(number_known{7});
  ASSERT_EQ(session.delivered.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<model::command_started>(session.delivered[0]));
  EXPECT_TRUE(std::holds_alternative<model::command_failed>(session.delivered[1]));
  EXPECT_TRUE(std::holds_alternative<model::command_completed>(session.delivered[2]));
}

TEST(repair_session_machine_test, number_zero_ends_without_events) {
  driver session;
  session.say(1, model::command_started{}, 6);
  session.feed(number_known{0});
  EXPECT_EQ(session.machine.current(), state::ended);
  EXPECT_TRUE(session.delivered.empty());
}

TEST(repair_session_machine_test, repetitions_are_dropped) {
  auto session = following();
  for (int time = 0; time < 3; ++time) {
    session.say(1, model::command_started{});
    session.say(2, model::command_failed{"once"});
  }
  EXPECT_EQ(session.delivered.size(), 2U);
}

TEST(repair_session_machine_test, an_emitter_that_does_not_count_loses_no_event) {
  auto session = following();
  session.say(0, model::command_started{});
  session.say(0, model::command_succeeded{});
  session.say(0, model::command_completed{});
  EXPECT_EQ(session.delivered.size(), 3U);
}

TEST(repair_session_machine_test, a_second_start_is_no_event) {
  auto session = following();
  session.say(1, model::command_started{});
  session.say(2, model::command_started{});
  EXPECT_EQ(session.delivered.size(), 1U);
}

TEST(repair_session_machine_test, a_loss_is_said_and_asked_at_once) {
  auto session = following();
  session.feed(stream_lost{"248 events"});
  ASSERT_EQ(session.delivered.size(), 1U);
  EXPECT_EQ(std::get<model::events_lost>(session.delivered[0]).why, "248 events");
  EXPECT_EQ(session.asked, 1);
  session.answer(command_state::running);
  session.say(4, model::command_succeeded{});
  session.say(5, model::command_completed{});
  EXPECT_EQ(session.machine.current(), state::ended);
}

TEST(repair_session_machine_test, a_loss_before_the_number_is_said_with_the_number) {
  driver session;
  session.feed(stream_lost{"gap"});
  EXPECT_EQ(session.asked, 0);
  session.feed(number_known{7});
  EXPECT_EQ(session.count<model::events_lost>(), 1U);
  EXPECT_EQ(session.asked, 1);
}

TEST(repair_session_machine_test, too_many_events_before_the_number_are_a_loss) {
  driver session;
  for (int number = 0; number < 1'001; ++number) session.say(number, model::command_notice{}, 6);
  session.feed(number_known{7});
  EXPECT_EQ(session.count<model::events_lost>(), 1U);
  EXPECT_EQ(session.asked, 1);
}

TEST(repair_session_machine_test, an_answer_older_than_a_loss_is_not_believed) {
  auto session = following();
  session.wait(30s);
  EXPECT_EQ(session.asked, 1);
  session.feed(stream_lost{"gap"});
  EXPECT_EQ(session.asked, 1);
  session.answer(command_state::running);  // said before what was lost
  EXPECT_EQ(session.count<model::command_answer>(), 0U);
  EXPECT_EQ(session.asked, 2);
  session.answer(command_state::succeeded);
  EXPECT_EQ(session.machine.current(), state::ended);
}

TEST(repair_session_machine_test, silence_is_asked_about_again_and_again) {
  auto session = following();
  session.wait(29s);
  EXPECT_EQ(session.asked, 0);
  session.wait(1s);
  EXPECT_EQ(session.asked, 1);
  session.wait(1h);
  EXPECT_EQ(session.asked, 1);  // no second question before the answer
  session.answer(command_state::running);
  session.wait(30s);
  EXPECT_EQ(session.asked, 2);
  session.answer(command_state::unknown);
  EXPECT_EQ(session.machine.current(), state::following);
  session.wait(30s);
  EXPECT_EQ(session.asked, 3);
}

TEST(repair_session_machine_test, an_event_restarts_the_patience) {
  auto session = following();
  session.wait(20s);
  session.say(1, model::command_started{});
  session.wait(20s);
  EXPECT_EQ(session.asked, 0);
}

TEST(repair_session_machine_test, half_of_the_end_is_asked_about_soon) {
  auto completed = following();
  completed.say(1, model::command_completed{});
  completed.wait(2s);
  EXPECT_EQ(completed.asked, 1);
  auto succeeded = following();
  succeeded.say(1, model::command_succeeded{});
  succeeded.wait(2s);
  EXPECT_EQ(succeeded.asked, 1);
}

TEST(repair_session_machine_test, a_question_without_answer_is_asked_again) {
  auto session = following();
  session.wait(30s);
  session.feed(ask_failed{});
  session.wait(5s);
  EXPECT_EQ(session.asked, 2);
}

TEST(repair_session_machine_test, a_restart_ends_the_command) {
  auto session = following();
  session.feed(node_restarted{});
  EXPECT_EQ(session.count<model::coordinator_restarted>(), 1U);
  EXPECT_EQ(session.machine.current(), state::ended);
  EXPECT_FALSE(session.machine.wakes_at());
}

TEST(repair_session_machine_test, nothing_is_said_after_the_end) {
  auto session = following();
  session.wait(30s);
  session.answer(command_state::failed);
  const auto said = session.delivered.size();
  session.say(1, model::command_failed{"late"});
  session.say(2, model::command_completed{true});
  session.feed(stream_lost{"gap"});
  session.feed(node_restarted{});
  session.feed(number_known{8});
  session.wait(1h);
  EXPECT_EQ(session.delivered.size(), said);
  EXPECT_EQ(session.asked, 1);
}

}  // namespace
}  // namespace helenus::management::link
