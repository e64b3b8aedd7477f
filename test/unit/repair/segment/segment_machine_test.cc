#include "repair/segment/segment_machine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace helenus::repair {
namespace {

using namespace std::chrono_literals;

class segment_machine_test : public ::testing::Test {
 protected:
  segment_machine machine{segment_patience{}};
  time_point now{};
  std::vector<segment_action> all;

  void feed(const segment_event& event) {
    for (auto& action : machine.on(event, now)) all.push_back(std::move(action));
  }
  void accept() {
    feed(segment_claimed{});
    feed(command_accepted{command(7)});
  }
  /// To the next time it asked to be woken.
  void wake() {
    ASSERT_TRUE(machine.wake_at().has_value());
    now = std::max(now, *machine.wake_at());
    feed(time_passed{});
  }
  static model::command_reference command(std::int32_t number) {
    return {model::host_id(), number, {}};
  }
  template <class Action>
  std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(),
        [](const segment_action& action) { return std::holds_alternative<Action>(action); }));
  }
  /// "done", "postponed", ... or "open"; "twice" when it ended more than once.
  std::string outcome() const {
    std::string text = "open";
    for (const auto& action : all) {
      if (const auto* ended = std::get_if<end_segment>(&action)) {
        text = text == "open" ? std::string(to_string(ended->outcome)) : "twice";
      }
    }
    return text;
  }
  static segment_event answer(model::command_state state) {
    return node_said{model::command_answer{state, ""}};
  }
};

const segment_event started = node_said{model::command_started{}};
const segment_event progressed = node_said{model::command_progress{}};
const segment_event succeeded = node_said{model::command_succeeded{}};
const segment_event completed = node_said{model::command_completed{}};
const segment_event completed_with_error = node_said{model::command_completed{true}};
const segment_event failed = node_said{model::command_failed{"no"}};
const segment_event noticed = node_said{model::command_notice{"x"}};
const segment_event lost = node_said{model::events_lost{"cut"}};

/// Feeds every order of `events` to a fresh machine after acceptance; the outcomes, sorted.
std::vector<std::string> all_orders(std::vector<segment_event> events) {
  std::vector<std::size_t> order(events.size());
  for (std::size_t index = 0; index < order.size(); ++index) order[index] = index;
  std::vector<std::string> outcomes;
  do {
    segment_machine machine{segment_patience{}};
    machine.on(segment_claimed{}, {});
    machine.on(command_accepted{{model::host_id(), 7, {}}}, {});
    std::vector<std::string> ends;
    for (const auto index : order) {
      for (const auto& action : machine.on(events[index], {})) {
        if (const auto* end = std::get_if<end_segment>(&action)) {
          ends.emplace_back(to_string(end->outcome));
        }
      }
    }
    outcomes.push_back(ends.size() == 1 ? ends.front() : std::to_string(ends.size()) + " ends");
  } while (std::next_permutation(order.begin(), order.end()));
  std::sort(outcomes.begin(), outcomes.end());
  outcomes.erase(std::unique(outcomes.begin(), outcomes.end()), outcomes.end());
  return outcomes;
}

using texts = std::vector<std::string>;

TEST(segment_machine_orders, every_order_of_a_good_command_ends_done_exactly_once) {
  EXPECT_EQ(all_orders({started, progressed, succeeded, completed}), texts{"done"});
  EXPECT_EQ(all_orders({started, started, succeeded, succeeded, completed}), texts{"done"});
  EXPECT_EQ(all_orders({started, noticed, lost, succeeded, completed}), texts{"done"});
}

TEST(segment_machine_orders, every_order_of_a_failed_command_is_postponed_exactly_once) {
  EXPECT_EQ(all_orders({started, failed, completed}), texts{"postponed"});
  EXPECT_EQ(all_orders({started, failed, failed, completed_with_error}), texts{"postponed"});
  EXPECT_EQ(all_orders({started, completed_with_error}), texts{"postponed"});
}

TEST_F(segment_machine_test, neither_success_nor_completion_alone_is_an_end) {
  accept();
  feed(succeeded);
  EXPECT_EQ(outcome(), "open");
  wake();
  EXPECT_EQ(count<ask_node>(), 1u);
  feed(answer(model::command_state::unknown));
  EXPECT_EQ(outcome(), "open");
  feed(completed);
  EXPECT_EQ(outcome(), "done");
}

TEST_F(segment_machine_test, completion_without_an_outcome_is_asked_about) {
  accept();
  feed(completed);
  wake();
  EXPECT_EQ(count<ask_node>(), 1u);
  feed(answer(model::command_state::succeeded));
  EXPECT_EQ(outcome(), "done");
}

TEST_F(segment_machine_test, what_nobody_knows_any_more_is_repaired_again) {
  accept();
  feed(started);
  now += 1min;
  feed(lost);
  for (int asked = 0; asked < 3; ++asked) {
    EXPECT_EQ(outcome(), "open");
    wake();
    feed(answer(model::command_state::unknown));
  }
  EXPECT_EQ(outcome(), "postponed");
}

TEST_F(segment_machine_test, unknown_means_nothing_while_the_command_may_be_queued) {
  accept();
  for (int asked = 0; asked < 10; ++asked) feed(answer(model::command_state::unknown));
  EXPECT_EQ(outcome(), "open");
}

TEST_F(segment_machine_test, a_silent_command_is_asked_about) {
  accept();
  feed(started);
  wake();
  EXPECT_EQ(now, time_point(60s));
  EXPECT_EQ(count<ask_node>(), 1u);
  feed(answer(model::command_state::running));
  EXPECT_EQ(machine.current(), segment_machine::phase::running);
}

TEST_F(segment_machine_test, nothing_to_repair_is_done) {
  feed(segment_claimed{});
  feed(command_accepted{command(0)});
  EXPECT_EQ(outcome(), "done");
}

TEST_F(segment_machine_test, a_restarted_coordinator_has_lost_the_command) {
  accept();
  feed(node_said{model::coordinator_restarted{}});
  EXPECT_EQ(outcome(), "postponed");
}

TEST_F(segment_machine_test, a_refused_command_counts_only_when_the_node_is_to_blame) {
  feed(segment_claimed{});
  feed(command_refused{"unreachable", false});
  EXPECT_EQ(outcome(), "released");
  machine = segment_machine{segment_patience{}};
  all.clear();
  feed(segment_claimed{});
  feed(command_refused{"no", true});
  EXPECT_EQ(outcome(), "postponed");
}

TEST_F(segment_machine_test, before_it_is_stopped_for_its_time_it_is_asked_once_more) {
  accept();
  feed(started);
  now += 30min;
  feed(time_passed{});
  EXPECT_EQ(count<ask_node>(), 1u);
  EXPECT_EQ(count<stop_command>(), 0u);
  feed(answer(model::command_state::running));
  EXPECT_EQ(count<stop_command>(), 1u);
  feed(command_stopped{management::cancel_outcome::cancelled});
  EXPECT_EQ(outcome(), "postponed");
}

TEST_F(segment_machine_test, a_repair_that_ended_unheard_is_done_when_its_time_is_over) {
  accept();
  now += 30min;
  feed(time_passed{});
  feed(answer(model::command_state::succeeded));
  EXPECT_EQ(outcome(), "done");
}

TEST_F(segment_machine_test, a_command_that_prepares_is_looked_for_again) {
  feed(segment_claimed{});
  feed(command_uncertain{"reply lost"});
  feed(coordinator_runs{});
  EXPECT_EQ(outcome(), "open");
  wake();
  EXPECT_EQ(count<look_for_command>(), 2u);
  feed(coordinator_runs{1, "7"});
  EXPECT_EQ(outcome(), "open");
  wake();
  feed(coordinator_runs{});
  EXPECT_EQ(outcome(), "postponed");
}

TEST_F(segment_machine_test, what_is_certain_is_not_asked_again) {
  feed(origin_unknown{});
  feed(coordinator_runs{.conclusive = true});
  EXPECT_EQ(outcome(), "postponed");
}

TEST_F(segment_machine_test, an_uncertain_start_waits_until_nothing_unknown_runs) {
  feed(segment_claimed{});
  feed(command_uncertain{"reply lost"});
  EXPECT_EQ(count<look_for_command>(), 1u);
  feed(coordinator_runs{1, "7"});
  EXPECT_EQ(machine.doubt(), "a repair that may be ours runs on the coordinator: command 7");
  EXPECT_EQ(outcome(), "open");
  wake();
  EXPECT_EQ(count<look_for_command>(), 2u);
  feed(coordinator_runs{});
  EXPECT_EQ(outcome(), "postponed");
  EXPECT_EQ(std::get<end_segment>(all.back()).why,
            "a repair that may have been ours ended: command 7");
}

TEST_F(segment_machine_test, stopping_releases_without_blame) {
  accept();
  feed(stop_requested{stop_cause::run_paused});
  feed(stop_requested{stop_cause::run_aborted});
  EXPECT_EQ(count<stop_command>(), 1u);
  feed(command_stopped{management::cancel_outcome::cancelled});
  EXPECT_EQ(outcome(), "released");
}

TEST_F(segment_machine_test, a_stop_that_comes_before_the_command_is_known_is_not_forgotten) {
  feed(segment_claimed{});
  feed(stop_requested{stop_cause::run_aborted});
  feed(command_accepted{command(7)});
  EXPECT_EQ(count<stop_command>(), 1u);
}

TEST_F(segment_machine_test, what_can_not_be_stopped_without_harm_ends_by_itself) {
  accept();
  feed(stop_requested{stop_cause::run_aborted});
  feed(command_stopped{management::cancel_outcome::left_running});
  EXPECT_TRUE(machine.spares_others());
  EXPECT_EQ(outcome(), "open");
  feed(succeeded);
  feed(completed);
  EXPECT_EQ(outcome(), "done");
}

TEST_F(segment_machine_test, at_shutdown_it_is_left_to_the_next_start) {
  accept();
  feed(stop_requested{stop_cause::shutdown});
  feed(command_stopped{management::cancel_outcome::left_running});
  EXPECT_EQ(outcome(), "left");
}

TEST_F(segment_machine_test, what_had_ended_before_the_stop_is_asked_about) {
  accept();
  feed(stop_requested{stop_cause::run_paused});
  feed(command_stopped{management::cancel_outcome::not_running});
  EXPECT_EQ(count<ask_node>(), 1u);
  feed(answer(model::command_state::succeeded));
  EXPECT_EQ(outcome(), "done");
}

TEST_F(segment_machine_test, an_attached_command_is_judged_by_what_the_node_answers) {
  feed(attach_requested{});
  EXPECT_EQ(count<attach_command>(), 1u);
  feed(answer(model::command_state::running));
  EXPECT_EQ(machine.current(), segment_machine::phase::running);
  feed(succeeded);
  feed(completed);
  EXPECT_EQ(outcome(), "done");
}

TEST_F(segment_machine_test, what_a_cassandra_reaper_began_is_not_said_to_be_of_helenus) {
  feed(origin_unknown{});
  feed(coordinator_runs{});
  wake();
  feed(coordinator_runs{});
  EXPECT_EQ(outcome(), "postponed");
  EXPECT_EQ(std::get<end_segment>(all.back()).why.find("Helenus"), std::string::npos);
}

TEST_F(segment_machine_test, a_dead_coordinator_is_given_up_sooner_than_an_unreachable_one) {
  accept();
  feed(node_silent{"gone", true});
  now += 31s;
  feed(node_silent{"gone", false});
  EXPECT_EQ(outcome(), "open");
  feed(node_silent{"gone", true});
  EXPECT_EQ(outcome(), "postponed");
}

/// A world that answers every request in one of the possible ways, says what a node may say in any
/// order, and lets time pass. Whatever it does, the segment ends, once, in bounded time.
class careless_world {
 public:
  explicit careless_world(std::uint64_t seed) : random_(seed) {}

  std::string play() {
    const int origin = pick(3);
    feed(origin == 0   ? segment_event(segment_claimed{})
         : origin == 1 ? segment_event(attach_requested{})
                       : segment_event(origin_unknown{}));
    for (int step = 0; step < 5000 && ends_ == 0; ++step) {
      if (!owed_.empty() && pick(2) == 0) {
        answer_one();
      } else if (pick(4) == 0) {
        feed(rumour());
      } else if (const auto when = machine_.wake_at()) {
        now_ = std::max(now_, *when);
        feed(time_passed{});
      } else if (owed_.empty()) {
        return "stuck in " + std::string(to_string(machine_.current()));
      }
    }
    if (ends_ != 1) return std::to_string(ends_) + " ends";
    return now_ > time_point(2h) ? "late" : "";
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  void feed(const segment_event& event) {
    for (auto& action : machine_.on(event, now_)) {
      if (std::holds_alternative<end_segment>(action)) {
        ++ends_;
      } else if (!std::holds_alternative<keep_row>(action) &&
                 !std::holds_alternative<attach_command>(action)) {
        owed_.push_back(std::move(action));
      }
    }
  }

  void answer_one() {
    const auto index = static_cast<std::size_t>(pick(static_cast<int>(owed_.size())));
    const auto action = owed_[index];
    owed_.erase(owed_.begin() + static_cast<std::ptrdiff_t>(index));
    now_ += std::chrono::milliseconds(pick(3000));
    if (std::holds_alternative<start_command>(action)) {
      const int way = pick(4);
      if (way == 0) return feed(command_refused{"no", pick(2) == 0});
      if (way == 1) return feed(command_uncertain{"lost"});
      return feed(command_accepted{{model::host_id(), 1 + pick(3), {}}});
    }
    if (std::holds_alternative<stop_command>(action)) {
      if (pick(3) == 0) return feed(stop_failed{"no"});
      return feed(command_stopped{static_cast<management::cancel_outcome>(pick(3))});
    }
    if (pick(3) == 0) return feed(ask_failed{"no"});
    if (std::holds_alternative<look_for_command>(action))
      return feed(coordinator_runs{pick(2), {}});
    const auto state = pick(8) == 0 ? pick(4) : (pick(2) == 0 ? 0 : 3);
    feed(node_said{model::command_answer{static_cast<model::command_state>(state), ""}});
  }

  segment_event rumour() {
    switch (pick(24)) {
      case 0:
        return succeeded;
      case 1:
        return failed;
      case 2:
        return completed;
      case 3:
        return stop_requested{static_cast<stop_cause>(pick(4))};
      case 4:
        return lost;
      case 5:
        return node_silent{"silent", pick(2) == 0};
      case 6:
        return started;
      default:
        return noticed;
    }
  }

  std::mt19937_64 random_;
  segment_machine machine_{segment_patience{}};
  time_point now_{};
  std::vector<segment_action> owed_;
  int ends_ = 0;
};

TEST(segment_machine_liveness, whatever_happens_it_ends_once_and_in_time) {
  for (std::uint64_t seed = 1; seed <= 4'000; ++seed) {
    ASSERT_EQ(careless_world(seed).play(), "") << "seed " << seed;
  }
}

TEST_F(segment_machine_test, a_command_that_another_instance_follows_is_left_to_it) {
  accept();
  feed(started);
  feed(stop_requested{stop_cause::taken_over});
  EXPECT_EQ(outcome(), "lost");
  EXPECT_EQ(count<stop_command>(), 0U);
}

}  // namespace
}  // namespace helenus::repair
