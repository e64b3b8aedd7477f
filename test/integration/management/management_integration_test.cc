#include "base/task_group.h"
#include "integration/management/real_world.h"
#include "integration/management/tcp_proxy.h"
#include "management/errc.h"
#include "management/jmx/jmx_connector.h"
#include "management/jmx/jmx_node_calls.h"
#include "management/link/quirks.h"

#include <algorithm>
#include <csignal>
#include <iostream>

namespace helenus::test {
namespace {

using namespace std::chrono_literals;
using management::cancel_outcome;

INSTANTIATE_TEST_SUITE_P(jmx, management_contract,
                         ::testing::Values([]() -> std::unique_ptr<management_world> {
                           return std::make_unique<real_world>();
                         }));

/// Started where nodes have a management API.
INSTANTIATE_TEST_SUITE_P(DISABLED_http, management_contract,
                         ::testing::Values([]() -> std::unique_ptr<management_world> {
                           return std::make_unique<real_world>(
                               management::http::http_management_options{});
                         }));

class real_node_test : public ::testing::Test {
 protected:
  void run(task<void> scene) {
    const auto outcome = nodes.run(std::move(scene));
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message();
  }
  real_world nodes;
};

using session_pointer = std::unique_ptr<management::repair_session>;

/// Whether the MBean of the command's executor is registered.
task<bool> has_executor(real_world& world, std::int32_t number) {
  const auto& options = lab_facts::get().options;
  auto dialer = management::jmx::make_jmx_dialer(world.clock(), options);
  CO_TRY(calls, co_await dialer->connect({{world.address(), 7199}, {}, {}, {}}));
  auto numbers = co_await calls->running_commands();
  co_await calls->close();
  if (!numbers) co_return numbers.error();
  co_return std::find(numbers->begin(), numbers->end(), number) != numbers->end();
}

/// Whether the command is in the middle of its sessions, and stays there.
task<bool> is_caught(real_world& world, management::node_client& on, std::int32_t number) {
  for (int look = 0; look < 3; ++look) {
    co_await world.clock().sleep_for(150ms);
    CO_TRY(running, co_await on.running_repairs());
    const auto same = [number](const auto& repair) { return repair.number == number; };
    if (std::none_of(running.begin(), running.end(), same)) co_return false;
  }
  co_return true;
}

/// A repair that is in the middle of its sessions and can not go on, because a replica is frozen
/// there. The failure detector gives it some ten seconds.
task<session_pointer> hanging_repair(real_world& world, std::shared_ptr<management::node_client> on,
                                     frozen_node& replica) {
  CO_TRY(request, co_await some_ranges(world, 1'000));
  for (int attempt = 0; attempt < 20; ++attempt) {
    CO_TRY(session, co_await on->start_repair(request));
    CO_TRY(started, co_await session->next());
    EXPECT_TRUE(std::holds_alternative<model::command_started>(started));
    co_await world.clock().sleep_for(10ms * (attempt + 1));
    replica.freeze();
    CO_TRY(caught, co_await is_caught(world, *on, session->command().number));
    // Before its sessions a command shows in its events only, and can not be terminated.
    CO_TRY(terminable, co_await has_executor(world, session->command().number));
    if (caught && terminable) co_return std::move(session);
    replica.thaw();
    CO_TRY_VOID(co_await events_to_the_end(*session));
  }
  co_return error{base::errc::internal, "no repair could be caught in the middle"};
}

TEST_F(real_node_test, the_ring_is_the_one_of_the_lab) {
  run([](real_world& world) -> task<void> {
    CO_TRY(ring, co_await world.client()->ring());
    const auto& lab = lab_facts::get();
    EXPECT_EQ(ring.cluster_name, lab.cluster_name);
    EXPECT_EQ(ring.release_version, lab.version);
    EXPECT_EQ(ring.kind, model::partitioner::murmur3);
    EXPECT_EQ(ring.nodes.size(), lab.addresses.size());
    EXPECT_EQ(ring.tokens.size(), lab.addresses.size() * 16);
    for (const auto& node : ring.nodes) {
      EXPECT_TRUE(std::count(lab.addresses.begin(), lab.addresses.end(), node.address) == 1);
      EXPECT_TRUE(node.alive) << node.address;
      EXPECT_TRUE(node.id.has_value());
      EXPECT_EQ(node.mode, model::node_mode::normal);
      EXPECT_EQ(node.datacenter, "dc1");
      EXPECT_EQ(node.rack, "rack1");
      // Gossip pads the version: "6.0.0-alpha2".
      EXPECT_TRUE(*management::link::parse_release(node.release_version) ==
                  *management::link::parse_release(lab.version));
      EXPECT_EQ(node.tokens.size(), 16U);
      EXPECT_FALSE(node.load.empty());
    }
    co_return result<void>{};
  }(nodes));
}

TEST_F(real_node_test, keyspaces_tables_and_pending_compactions_are_listed) {
  run([](real_world& world) -> task<void> {
    CO_TRY(keyspaces, co_await world.client()->keyspaces());
    EXPECT_TRUE(std::binary_search(keyspaces.begin(), keyspaces.end(), world.keyspace()));
    EXPECT_TRUE(std::binary_search(keyspaces.begin(), keyspaces.end(), "system_auth"));
    EXPECT_FALSE(std::binary_search(keyspaces.begin(), keyspaces.end(), "system"));
    CO_TRY(tables, co_await world.client()->tables(world.keyspace()));
    EXPECT_GE(tables.size(), 2U);
    for (const auto& table : tables) {
      EXPECT_NE(table.compaction_strategy.find("SizeTieredCompactionStrategy"), std::string::npos)
          << table.name << " " << table.compaction_strategy;
    }
    CO_TRY(pending, co_await world.client()->pending_compactions());
    EXPECT_GE(pending, 0);
    co_return result<void>{};
  }(nodes));
}

TEST_F(real_node_test, the_whole_keyspace_is_repaired_by_one_command) {
  run([](real_world& world) -> task<void> {
    CO_TRY(request, co_await some_ranges(world, 1'000));
    CO_TRY(session, co_await world.client()->start_repair(request));
    CO_TRY(events, co_await events_to_the_end(*session));
    EXPECT_EQ(count_of<model::command_succeeded>(events), 1U);
    EXPECT_GE(count_of<model::command_progress>(events), 1U);
    const auto* started = std::get_if<model::command_started>(&events.front());
    EXPECT_NE(started, nullptr);
    if (started == nullptr) co_return result<void>{};
    EXPECT_EQ(started->range_count, static_cast<int>(request.ranges.size()));
    EXPECT_TRUE(started->parent_session.has_value());
    co_return result<void>{};
  }(nodes));
}

TEST_F(real_node_test, a_range_over_a_vnode_boundary_is_refused_with_the_nodes_reason) {
  run([](real_world& world) -> task<void> {
    CO_TRY(request, co_await some_ranges(world, 2));
    request.ranges = {{request.ranges[0].start, request.ranges[1].end}};
    CO_TRY(session, co_await world.client()->start_repair(request));
    CO_TRY(events, co_await events_to_the_end(*session));
    std::string reason;
    for (const auto& event : events) {
      if (const auto* failed = std::get_if<model::command_failed>(&event)) reason = failed->reason;
    }
    EXPECT_NE(reason.find("not fully contained"), std::string::npos) << reason;
    co_return result<void>{};
  }(nodes));
}

TEST_F(real_node_test, a_keyspace_without_other_replicas_has_nothing_to_repair) {
  run([](real_world& world) -> task<void> {
    CO_TRY(request, co_await some_ranges(world, 1));
    request.keyspace = world.keyspace() + "_single";
    CO_TRY(session, co_await world.client()->start_repair(request));
    EXPECT_EQ(session->command().number, 0);
    const auto event = co_await session->next();
    EXPECT_EQ(event.error().code, base::errc::closed);
    co_return result<void>{};
  }(nodes));
}

TEST_F(real_node_test, a_command_alone_is_cancelled) {
  frozen_node replica(1);
  run([](real_world& world, frozen_node& replica) -> task<void> {
    auto client = world.client();
    CO_TRY(session, co_await hanging_repair(world, client, replica));
    CO_TRY(outcome, co_await client->cancel(session->command(), {}));
    EXPECT_EQ(outcome, cancel_outcome::cancelled);
    replica.thaw();
    CO_TRY(events, co_await events_to_the_end(*session));
    EXPECT_GE(count_of<model::command_failed>(events), 1U);
    CO_TRY(again, co_await client->cancel(session->command(), {}));
    EXPECT_EQ(again, cancel_outcome::not_running);
    co_return result<void>{};
  }(nodes, replica));
}

TEST_F(real_node_test, a_foreign_command_on_the_node_is_never_killed) {
  frozen_node replica(1);
  run([](real_world& world, frozen_node& replica) -> task<void> {
    auto client = world.client();
    CO_TRY(request, co_await some_ranges(world, 1'000));
    CO_TRY(foreign, co_await hanging_repair(world, client, replica));
    // To the node it makes no difference who asked: it is foreign because it is not in `ours`.
    CO_TRY(session, co_await client->start_repair(request));
    CO_TRY(outcome, co_await client->cancel(session->command(), {}));
    EXPECT_EQ(outcome, cancel_outcome::left_running);
    CO_TRY(state, co_await foreign->ask());
    EXPECT_EQ(state.state, model::command_state::running);
    CO_TRY(both, co_await client->cancel(session->command(), {foreign->command()}));
    EXPECT_EQ(both, cancel_outcome::cancelled);
    replica.thaw();
    CO_TRY(events, co_await events_to_the_end(*foreign));
    EXPECT_GE(count_of<model::command_failed>(events), 1U);
    // It was still preparing. When the replica's consent comes just then, Cassandra 4.0 begins its
    // sessions without their parent, and the command never ends.
    auto rest = base::with_timeout(world.clock(), events_to_the_end(*session), 10s, "its end");
    static_cast<void>(co_await std::move(rest));
    co_return result<void>{};
  }(nodes, replica));
}

TEST_F(real_node_test, a_new_client_attaches_to_a_running_command_and_sees_its_end) {
  frozen_node replica(1);
  run([](real_world& world, frozen_node& replica) -> task<void> {
    CO_TRY(session, co_await hanging_repair(world, world.client(), replica));
    const auto command = session->command();
    CO_TRY_VOID(co_await session->close());
    CO_TRY_VOID(co_await world.connector().close_all());  // our process dies

    base::real_clock clock;
    const auto& options = lab_facts::get().options;
    const auto connector =
        management::jmx::make_connector(world.context().get_executor(), clock, options);
    auto scene = [](std::shared_ptr<management::node_client> client,
                    model::command_reference number, frozen_node& node) -> task<void> {
      CO_TRY(attached, co_await client->attach(number));
      CO_TRY(first, co_await attached->next());
      EXPECT_TRUE(std::holds_alternative<model::events_lost>(first));
      CO_TRY(second, co_await attached->next());
      const auto* answer = std::get_if<model::command_answer>(&second);
      EXPECT_NE(answer, nullptr);
      if (answer != nullptr) EXPECT_EQ(answer->state, model::command_state::running);
      node.thaw();
      CO_TRY(events, co_await events_to_the_end(*attached));
      EXPECT_EQ(count_of<model::command_succeeded>(events), 1U);
      co_return result<void>{};
    };
    co_return co_await base::finally(
        scene(connector->client(world.cluster(), world.address()), command, replica),
        [&connector]() -> task<void> { co_return co_await connector->close_all(); });
  }(nodes, replica));
}

TEST(cut_connection_test, a_repair_survives_a_cut_connection_without_losing_an_event) {
  const auto& lab = lab_facts::get();
  const auto port = unused_port();
  auto options = lab.options;
  options.translations[lab.addresses.front()] = {"127.0.0.1", port};
  options.rmi_port = port;
  real_world world(options);
  frozen_node replica(1);
  const auto outcome =
      world.run([](real_world& world, frozen_node& replica, std::uint16_t port) -> task<void> {
        const auto& lab = lab_facts::get();
        tcp_proxy proxy(world.context().get_executor(), port, {lab.addresses.front(), 7199});
        base::task_group group(world.context().get_executor());
        group.spawn("proxy", proxy.run());
        auto scene = [](real_world& world, frozen_node& replica, tcp_proxy& proxy) -> task<void> {
          CO_TRY(session, co_await hanging_repair(world, world.client(), replica));
          const auto connections = proxy.accepted();
          proxy.cut();
          replica.thaw();
          CO_TRY(events, co_await events_to_the_end(*session));
          EXPECT_GT(proxy.accepted(), connections);
          EXPECT_EQ(count_of<model::command_succeeded>(events), 1U);
          EXPECT_EQ(count_of<model::command_completed>(events), 1U);
          EXPECT_EQ(count_of<model::events_lost>(events), 0U);
          co_return result<void>{};
        };
        const auto ended = co_await scene(world, replica, proxy);
        co_await world.connector().close_all();
        group.cancel();
        co_await group.join();
        co_return ended;
      }(world, replica, port));
  EXPECT_TRUE(outcome.has_value()) << outcome.error().message();
}

/// Run alone, by a script that starts the node again when it reads "killed".
TEST(restart_test, DISABLED_a_killed_coordinator_ends_its_commands) {
  real_world world;
  world.limit = 5min;  // a node starts in it
  frozen_node replica(1);
  const auto outcome = world.run([](real_world& world, frozen_node& replica) -> task<void> {
    auto client = world.client();
    CO_TRY(session, co_await hanging_repair(world, client, replica));
    ::kill(lab_facts::get().pids.front(), SIGKILL);
    replica.thaw();
    std::cout << "killed" << std::endl;
    int unreachable = 0;
    for (;;) {
      auto event = co_await session->next();
      if (!event) {
        EXPECT_EQ(event.error().code, management::errc::node_unreachable)
            << event.error().message();
        ++unreachable;
        continue;
      }
      if (std::holds_alternative<model::coordinator_restarted>(*event)) break;
      EXPECT_FALSE(std::holds_alternative<model::command_succeeded>(*event));
    }
    EXPECT_GE(unreachable, 1);
    CO_TRY(outcome, co_await client->cancel(session->command(), {}));
    EXPECT_EQ(outcome, cancel_outcome::not_running);
    co_return result<void>{};
  }(world, replica));
  EXPECT_TRUE(outcome.has_value()) << outcome.error().message();
}

}  // namespace
}  // namespace helenus::test
