#include "app/startup_machine.h"

#include <gtest/gtest.h>

#include <map>

namespace helenus::app {
namespace {

namespace actions = startup_actions;
namespace events = startup_events;
using state = startup_state;

/// Machines in every situation there is, by name.
struct situation {
  const char* name;
  std::vector<startup_event> history;
};

const std::vector<situation>& situations() {
  static const std::vector<situation> all = [] {
    using history = std::vector<startup_event>;
    const history serving{events::begin{}};
    auto opening = serving;
    opening.emplace_back(events::listening{});
    auto migrating = opening;
    migrating.emplace_back(events::step_done{});
    auto joining = migrating;
    joining.emplace_back(events::step_done{});
    auto recovering = joining;
    recovering.emplace_back(events::step_done{});
    auto ready = recovering;
    ready.emplace_back(events::step_done{});
    auto waiting = recovering;
    waiting.emplace_back(events::step_failed{"why"});
    auto waiting_to_join = joining;
    waiting_to_join.emplace_back(events::step_failed{"why"});
    auto draining = ready;
    draining.emplace_back(events::stop_requested{});
    auto stopped = draining;
    stopped.emplace_back(events::drained{});
    return std::vector<situation>{{"booting", {}},
                                  {"serving", serving},
                                  {"opening_storage", opening},
                                  {"migrating", migrating},
                                  {"joining", joining},
                                  {"recovering", recovering},
                                  {"waiting", waiting},
                                  {"waiting_to_join", waiting_to_join},
                                  {"ready", ready},
                                  {"draining", draining},
                                  {"stopped", stopped}};
  }();
  return all;
}

std::string name_of(const startup_machine& machine) {
  if (!machine.waits_for_retry()) return std::string(to_text(machine.state()));
  return machine.state() == state::joining ? "waiting_to_join" : "waiting";
}

std::string name_of(const startup_action& action) {
  constexpr const char* names[] = {
      "listen",     "open_storage", "migrate",         "join", "recover", "wait_for_retry",
      "stop_steps", "drain",        "cut_drain_short", "exit"};
  std::string name = names[action.index()];
  if (const auto* end = std::get_if<actions::exit>(&action)) name += std::to_string(end->code);
  return name;
}

const std::vector<std::pair<const char*, startup_event>>& every_event() {
  static const std::vector<std::pair<const char*, startup_event>> all{
      {"begin", events::begin{}},
      {"listening", events::listening{}},
      {"cannot_listen", events::cannot_listen{"why"}},
      {"step_done", events::step_done{}},
      {"step_failed", events::step_failed{"again"}},
      {"retry_due", events::retry_due{}},
      {"stop_requested", events::stop_requested{}},
      {"drained", events::drained{}}};
  return all;
}

TEST(startup_machine_test, every_event_in_every_situation_does_what_the_table_says) {
  // "situation event" -> "next situation: actions"; what is not here changes and does nothing.
  std::map<std::string, std::string> table{
      {"booting begin", "serving: listen"},
      {"booting stop_requested", "stopped: exit0"},
      {"serving listening", "opening_storage: open_storage"},
      {"serving cannot_listen", "stopped: exit1"},
      {"opening_storage step_done", "migrating: migrate"},
      {"migrating step_done", "joining: join"},
      {"joining step_done", "recovering: recover"},
      {"recovering step_done", "ready:"},
      {"waiting retry_due", "opening_storage: open_storage"},
      {"joining step_failed", "waiting_to_join: wait_for_retry"},
      {"waiting_to_join retry_due", "joining: join"},
      {"draining stop_requested", "draining: cut_drain_short"},
      {"draining drained", "stopped: exit0"},
  };
  for (const auto* step : {"opening_storage", "migrating", "recovering"}) {
    table[std::string(step) + " step_failed"] = "waiting: wait_for_retry";
  }
  for (const auto* open : {"serving", "opening_storage", "migrating", "joining", "recovering",
                           "waiting", "waiting_to_join", "ready"}) {
    table[std::string(open) + " stop_requested"] = "draining: stop_steps drain";
  }
  for (const auto& from : situations()) {
    for (const auto& [event_name, event] : every_event()) {
      startup_machine machine;
      for (const auto& earlier : from.history) machine.on(earlier);
      ASSERT_EQ(name_of(machine), from.name);
      std::string done;
      for (const auto& action : machine.on(event)) done += " " + name_of(action);
      const auto key = std::string(from.name) + " " + event_name;
      const auto expected = table.contains(key) ? table[key] : std::string(from.name) + ":";
      EXPECT_EQ(name_of(machine) + ":" + done, expected) << key;
    }
  }
}

TEST(startup_machine_test, counts_failures_until_ready_and_keeps_the_last_error) {
  startup_machine machine;
  machine.on(events::begin{});
  machine.on(events::listening{});
  machine.on(events::step_failed{"first"});
  machine.on(events::retry_due{});
  machine.on(events::step_done{});
  const auto todo = machine.on(events::step_failed{"second"});
  ASSERT_EQ(todo.size(), 1U);
  EXPECT_EQ(std::get<actions::wait_for_retry>(todo[0]).attempt, 2U);
  EXPECT_EQ(machine.failed_attempts(), 2U);
  EXPECT_EQ(machine.last_error(), "second");
  machine.on(events::retry_due{});
  for (int step = 0; step < 4; ++step) machine.on(events::step_done{});
  EXPECT_EQ(machine.state(), state::ready);
  EXPECT_EQ(machine.failed_attempts(), 0U);
  EXPECT_EQ(machine.last_error(), "");
}

TEST(startup_machine_test, what_a_step_lacked_is_told_until_it_is_done) {
  startup_machine machine;
  const auto go_through = [&machine](int steps) {
    for (int step = 0; step < steps; ++step) machine.on(events::step_done{});
  };
  machine.on(events::begin{});
  machine.on(events::listening{});
  EXPECT_EQ(machine.missing(), "");
  go_through(1);
  machine.on(events::step_failed{"no such keyspace", "the keyspace"});
  EXPECT_EQ(machine.missing(), "the keyspace");
  machine.on(events::retry_due{});
  go_through(1);
  EXPECT_EQ(machine.missing(), "the keyspace") << "storage was not what was missing";
  go_through(1);
  EXPECT_EQ(machine.missing(), "");
  machine.on(events::step_failed{"refused", "the local node"});
  EXPECT_EQ(machine.missing(), "the local node");
}

}  // namespace
}  // namespace helenus::app
