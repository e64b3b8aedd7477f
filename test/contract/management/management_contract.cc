#include "base/errc.h"
#include "contract/management/world.h"
#include "management/errc.h"

#include <algorithm>

namespace helenus::test {
namespace {

using namespace std::chrono_literals;
using management::errc;

void expect_one_start(const management_world& world,
                      const std::vector<model::repair_event>& events) {
  const auto starts = count_of<model::command_started>(events);
  if (world.hears_beginnings()) EXPECT_EQ(starts, 1U);
  EXPECT_LE(starts, 1U);
}

/// Of a repair that takes no time.
task<std::vector<model::repair_event>> events_of(management_world& world,
                                                 management::repair_request request) {
  CO_TRY(session, co_await world.client()->start_repair(std::move(request)));
  co_return co_await base::with_timeout(world.clock(), events_to_the_end(*session), 20s, "its end");
}

TEST_P(management_contract, a_node_says_who_it_is) {
  run([](management_world& world) -> task<void> {
    CO_TRY(who, co_await world.client()->identity());
    EXPECT_EQ(who.address, world.address());
    EXPECT_EQ(model::symbolic_name(who.cluster_name), model::symbolic_name(world.cluster().name));
    EXPECT_EQ(who.operation_mode, "NORMAL");
    EXPECT_FALSE(who.id.value().is_nil());
    EXPECT_NE(who.jvm_start, model::wall_time{});
    CO_TRY(ring, co_await world.client()->ring());
    const auto self = std::find_if(ring.nodes.begin(), ring.nodes.end(),
                                   [&](const auto& node) { return node.id == who.id; });
    EXPECT_NE(self, ring.nodes.end());
    if (self == ring.nodes.end()) co_return result<void>{};
    EXPECT_EQ(self->address, world.address());
    EXPECT_TRUE(self->alive);
    EXPECT_EQ(self->mode, model::node_mode::normal);
    co_return result<void>{};
  }(*world));
}

TEST_P(management_contract, the_ranges_of_a_keyspace_are_a_partition_with_replicas) {
  run([](management_world& world) -> task<void> {
    CO_TRY(ring, co_await world.client()->keyspace_ring(world.keyspace()));
    EXPECT_FALSE(ring.ranges.empty());
    EXPECT_TRUE(std::is_sorted(ring.tokens.begin(), ring.tokens.end()));
    for (std::size_t index = 0; index < ring.ranges.size(); ++index) {
      const auto& next = ring.ranges[(index + 1) % ring.ranges.size()];
      EXPECT_EQ(ring.ranges[index].range.end, next.range.start);
      EXPECT_FALSE(ring.ranges[index].replicas->empty());
      for (const auto& replica : *ring.ranges[index].replicas) {
        EXPECT_FALSE(replica.datacenter.empty());
      }
    }
    co_return result<void>{};
  }(*world));
}

TEST_P(management_contract, all_tables_are_listed_by_keyspace_those_of_the_system_too) {
  run([](management_world& world) -> task<void> {
    CO_TRY(request, co_await some_ranges(world, 1));
    CO_TRY(tables, co_await world.client()->all_tables());
    for (const auto& [keyspace, names] : tables) {
      EXPECT_TRUE(std::is_sorted(names.begin(), names.end())) << keyspace;
      EXPECT_FALSE(names.empty()) << keyspace;
    }
    auto expected = request.tables;
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(tables[request.keyspace], expected);
    const auto& of_system = tables["system"];
    EXPECT_TRUE(std::binary_search(of_system.begin(), of_system.end(), "local"));
    co_return result<void>{};
  }(*world));
}

TEST_P(management_contract, an_unknown_keyspace_is_named_as_such) {
  run([](management_world& world) -> task<void> {
    const auto ring = co_await world.client()->keyspace_ring("no_such_keyspace");
    EXPECT_EQ(ring.error().code, errc::unknown_keyspace);
    const auto tables = co_await world.client()->tables("no_such_keyspace");
    EXPECT_EQ(tables.error().code, errc::unknown_keyspace);
    CO_TRY(request, co_await some_ranges(world, 1));
    request.keyspace = "no_such_keyspace";
    const auto session = co_await world.client()->start_repair(request);
    EXPECT_EQ(session.error().code, errc::unknown_keyspace);
    co_return result<void>{};
  }(*world));
}

TEST_P(management_contract, a_request_that_would_mean_everything_is_refused) {
  run([](management_world& world) -> task<void> {
    CO_TRY(request, co_await some_ranges(world, 1));
    auto without_ranges = request;
    without_ranges.ranges.clear();
    const auto first = co_await world.client()->start_repair(without_ranges);
    EXPECT_TRUE(first.has_error());
    auto without_tables = request;
    without_tables.tables.clear();
    const auto second = co_await world.client()->start_repair(without_tables);
    EXPECT_TRUE(second.has_error());
    co_return result<void>{};
  }(*world));
}

TEST_P(management_contract, a_repair_begins_once_and_ends_once) {
  run([](management_world& world) -> task<void> {
    CO_TRY(request, co_await some_ranges(world, 2));
    CO_TRY(session, co_await world.client()->start_repair(request));
    EXPECT_GT(session->command().number, 0);
    CO_TRY(events, co_await events_to_the_end(*session));
    expect_one_start(world, events);
    EXPECT_EQ(count_of<model::command_succeeded>(events), 1U);
    EXPECT_EQ(count_of<model::command_completed>(events), 1U);
    EXPECT_EQ(count_of<model::command_failed>(events), 0U);
    EXPECT_EQ(count_of<model::events_lost>(events), 0U);
    const auto* started = std::get_if<model::command_started>(&events.front());
    if (world.hears_beginnings()) EXPECT_NE(started, nullptr);
    if (started != nullptr) EXPECT_EQ(started->range_count, 2);
    co_return co_await session->close();
  }(*world));
}

TEST_P(management_contract, two_commands_at_once_keep_their_events_apart) {
  run([](management_world& world) -> task<void> {
    CO_TRY(request, co_await some_ranges(world, 2));
    auto first_part = request;
    first_part.ranges.pop_back();
    auto second_part = request;
    second_part.ranges.erase(second_part.ranges.begin());
    CO_TRY(first, co_await world.client()->start_repair(first_part));
    CO_TRY(second, co_await world.client()->start_repair(second_part));
    EXPECT_NE(first->command().number, second->command().number);
    EXPECT_EQ(first->command().coordinator, second->command().coordinator);
    CO_TRY(later, co_await events_to_the_end(*second));
    CO_TRY(earlier, co_await events_to_the_end(*first));
    for (const auto& events : {earlier, later}) {
      expect_one_start(world, events);
      EXPECT_EQ(count_of<model::command_completed>(events), 1U);
      EXPECT_EQ(count_of<model::events_lost>(events), 0U);
    }
    co_return result<void>{};
  }(*world));
}

TEST_P(management_contract, an_unknown_table_fails_the_command) {
  run([](management_world& world) -> task<void> {
    CO_TRY(request, co_await some_ranges(world, 1));
    request.tables = {"no_such_table"};
    auto told = co_await events_of(world, request);
    // It fails at once: that the API hears nothing at all of it, and waits for ever, is known.
    while (!world.hears_beginnings() && !told && told.error().code == base::errc::timed_out) {
      told = co_await events_of(world, request);
    }
    CO_TRY(events, std::move(told));
    EXPECT_EQ(count_of<model::command_succeeded>(events), 0U);
    // The failure comes at once; where it was not heard the end has to tell.
    const bool is_told = count_of<model::command_failed>(events) > 0;
    const auto* answer = std::get_if<model::command_answer>(&events.back());
    const bool is_answered = answer != nullptr && answer->state == model::command_state::failed;
    const auto* end = std::get_if<model::command_completed>(&events.back());
    const bool is_told_at_last = end != nullptr && end->says_error;
    EXPECT_TRUE(is_told || (!world.hears_beginnings() && (is_answered || is_told_at_last)));
    co_return result<void>{};
  }(*world));
}

TEST_P(management_contract, whoever_attaches_later_learns_how_the_command_ended) {
  run([](management_world& world) -> task<void> {
    CO_TRY(request, co_await some_ranges(world, 1));
    CO_TRY(session, co_await world.client()->start_repair(request));
    CO_TRY(events, co_await events_to_the_end(*session));
    CO_TRY(attached, co_await world.client()->attach(session->command()));
    CO_TRY(event, co_await attached->next());
    if (std::holds_alternative<model::events_lost>(event)) {
      CO_TRY(second, co_await attached->next());
      event = second;
    }
    const auto* answer = std::get_if<model::command_answer>(&event);
    EXPECT_NE(answer, nullptr);
    if (answer == nullptr) co_return result<void>{};
    EXPECT_EQ(answer->state, world.knows_outcomes() ? model::command_state::succeeded
                                                    : model::command_state::unknown);
    co_return result<void>{};
  }(*world));
}

TEST_P(management_contract, a_command_of_an_earlier_process_is_gone) {
  run([](management_world& world) -> task<void> {
    CO_TRY(who, co_await world.client()->identity());
    const model::command_reference old{who.id, 1, who.jvm_start - std::chrono::hours(1)};
    CO_TRY(session, co_await world.client()->attach(old));
    CO_TRY(event, co_await session->next());
    EXPECT_TRUE(std::holds_alternative<model::coordinator_restarted>(event));
    CO_TRY(cancelled, co_await world.client()->cancel(old, {}));
    EXPECT_EQ(cancelled, management::cancel_outcome::not_running);
    co_return result<void>{};
  }(*world));
}

TEST_P(management_contract, an_ended_command_cannot_be_cancelled) {
  run([](management_world& world) -> task<void> {
    CO_TRY(request, co_await some_ranges(world, 1));
    CO_TRY(session, co_await world.client()->start_repair(request));
    CO_TRY(events, co_await events_to_the_end(*session));
    CO_TRY(outcome, co_await world.client()->cancel(session->command(), {}));
    EXPECT_EQ(outcome, management::cancel_outcome::not_running);
    co_return result<void>{};
  }(*world));
}

}  // namespace
}  // namespace helenus::test
