#include "unit/management/link/link_fixture.h"

namespace helenus::management::link {
namespace {

struct link_connector_test : link_fixture {};

TEST_F(link_connector_test, callers_of_one_node_share_one_connection) {
  run([](link_connector_test& test) -> task<void> {
    EXPECT_EQ(test.client(), test.client());
    CO_TRY(who, co_await test.client()->identity());
    CO_TRY(pending, co_await test.client()->pending_compactions());
    EXPECT_EQ(who.id, test.node.identity.id);
    EXPECT_EQ(pending, 3);
    EXPECT_EQ(test.node.connections, 1);
    EXPECT_EQ(test.node.streams, 0) << "nobody repairs, nobody listens";
    co_return result<void>{};
  }(*this));
  EXPECT_EQ(node.goodbyes, 1);
}

TEST_F(link_connector_test, a_question_is_asked_again_when_the_connection_broke) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(before, co_await test.client()->pending_compactions());
    test.node.cut();
    CO_TRY(after, co_await test.client()->pending_compactions());
    EXPECT_EQ(before, after);
    EXPECT_EQ(test.node.connections, 2);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, calls_between_attempts_fail_at_once_with_reason_and_time) {
  node.refuses_connections = error{errc::authentication_failed, "wrong password"};
  run([](link_connector_test& test) -> task<void> {
    for (int call = 0; call < 10; ++call) {
      const auto refused = co_await test.client()->identity();
      EXPECT_EQ(refused.error().code, errc::authentication_failed);
      EXPECT_NE(refused.error().detail.find("wrong password; next attempt in"), std::string::npos)
          << refused.error().detail;
    }
    EXPECT_LE(test.node.connections, 4) << "a failing node is not hammered";
    const auto begin = test.clock.now();
    const auto quick = co_await test.client()->identity();
    EXPECT_TRUE(quick.has_error());
    EXPECT_LE(test.clock.now() - begin, test.options.link.patience + 1s);
    test.node.refuses_connections.reset();
    co_await test.clock.sleep_for(2min);
    CO_TRY(who, co_await test.client()->identity());
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, a_connection_that_nobody_uses_is_closed) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(who, co_await test.client()->identity());
    co_await test.clock.sleep_for(10min);
    EXPECT_EQ(test.node.goodbyes, 1);
    CO_TRY(again, co_await test.client()->identity());
    EXPECT_EQ(test.node.connections, 2);
    co_return result<void>{};
  }(*this));
}

/// Its machine was made anew, or it was wiped: the same address, another host id.
/// Gossip may tell of a new node later to some than to others.
TEST_F(link_connector_test, calls_fail_after_the_end) {
  run([](link_connector_test& test) -> task<void> {
    auto client = test.client();
    CO_TRY(session, co_await client->start_repair(request()));
    CO_TRY_VOID(co_await test.connector->close_all());
    const auto who = co_await client->identity();
    EXPECT_EQ(who.error().code, base::errc::closed);
    const auto event = co_await session->next();
    EXPECT_EQ(event.error().code, base::errc::closed);
    const auto late = co_await test.connector->client(test.cluster, "10.0.0.7")->identity();
    EXPECT_EQ(late.error().code, base::errc::closed);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, events_before_the_answer_belong_to_the_session) {
  node.says_start_before_answer = true;
  run([](link_connector_test& test) -> task<void> {
    auto wake = [](link_connector_test& world) -> task<void> {
      co_await world.clock.sleep_for(1s);
      world.node.changed.notify_all();
      co_return result<void>{};
    };
    base::task_group group(test.context.get_executor());
    group.spawn("answer", wake(test));
    CO_TRY(session, co_await test.client()->start_repair(request()));
    CO_TRY_VOID(co_await group.join());
    EXPECT_EQ(session->command(), test.reference(1));
    CO_TRY(event, co_await session->next());
    EXPECT_TRUE(is<model::command_started>(event));
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, a_cut_connection_loses_no_event) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.node.say(1, model::command_started{});
    CO_TRY(first, co_await session->next());
    test.node.cut();
    test.node.say(1, model::command_succeeded{});
    test.node.say(1, model::command_completed{});
    CO_TRY(second, co_await session->next());
    CO_TRY(third, co_await session->next());
    EXPECT_TRUE(is<model::command_succeeded>(second));
    EXPECT_TRUE(is<model::command_completed>(third));
    const auto over = co_await session->next();
    EXPECT_EQ(over.error().code, base::errc::closed);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, dropped_events_are_said_and_asked_about) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.node.cut();
    test.node.say(1, model::command_succeeded{});
    test.node.say(1, model::command_completed{});
    test.node.dropped = 2;
    test.node.status[1] = {model::command_state::succeeded, "Repair completed successfully"};
    CO_TRY(first, co_await session->next());
    EXPECT_TRUE(is<model::events_lost>(first));
    CO_TRY(second, co_await session->next());
    EXPECT_EQ(std::get<model::command_answer>(second).state, model::command_state::succeeded);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, silence_is_asked_about) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.node.status[1] = {model::command_state::running, ""};
    const auto begin = test.clock.now();
    CO_TRY(event, co_await session->next());
    EXPECT_EQ(std::get<model::command_answer>(event).state, model::command_state::running);
    EXPECT_EQ(test.clock.now() - begin, test.options.patience.silence);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, on_3_11_a_lost_end_stays_unknown) {
  node.identity.release_version = "3.11.19";
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.node.mbeans = {1};
    CO_TRY(running, co_await session->ask());
    EXPECT_EQ(running.state, model::command_state::running);
    test.node.mbeans.clear();
    CO_TRY(ended, co_await session->ask());
    EXPECT_EQ(ended.state, model::command_state::unknown);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, a_restarted_node_ends_its_commands) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.node.restart();
    CO_TRY(event, co_await session->next());
    EXPECT_TRUE(is<model::coordinator_restarted>(event));
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, an_unreachable_coordinator_is_said_and_tried_again) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.node.refuses_connections = error{errc::node_unreachable, "refused"};
    test.node.cut();
    for (int time = 0; time < 3; ++time) {
      const auto event = co_await session->next();
      EXPECT_EQ(event.error().code, errc::node_unreachable);
    }
    test.node.refuses_connections.reset();
    test.node.say(1, model::command_completed{true});
    for (;;) {
      const auto event = co_await session->next();
      if (!event) continue;
      EXPECT_TRUE(is<model::command_completed>(*event));
      break;
    }
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, a_lost_answer_leaves_open_whether_the_repair_began) {
  node.refuses_repairs = error{errc::call_timed_out, "no answer in 30 s"};
  run([](link_connector_test& test) -> task<void> {
    const auto session = co_await test.client()->start_repair(request());
    EXPECT_EQ(session.error().code, errc::start_uncertain);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, a_refused_repair_did_not_begin) {
  node.refuses_repairs = error{errc::refused_by_node, "remote: IllegalArgumentException: no"};
  run([](link_connector_test& test) -> task<void> {
    const auto refused = co_await test.client()->start_repair(request());
    EXPECT_EQ(refused.error().code, errc::refused_by_node);
    test.node.keyspaces = {"other"};
    const auto unknown = co_await test.client()->start_repair(request());
    EXPECT_EQ(unknown.error().code, errc::unknown_keyspace);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, number_zero_means_nothing_to_repair) {
  node.next_command = 0;
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    EXPECT_EQ(session->command().number, 0);
    const auto event = co_await session->next();
    EXPECT_EQ(event.error().code, base::errc::closed);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, attaching_says_what_is_not_known_and_asks) {
  node.status[4] = {model::command_state::running, ""};
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->attach(test.reference(4)));
    CO_TRY(first, co_await session->next());
    EXPECT_TRUE(is<model::events_lost>(first));
    CO_TRY(second, co_await session->next());
    EXPECT_EQ(std::get<model::command_answer>(second).state, model::command_state::running);
    test.node.say(4, model::command_succeeded{});
    CO_TRY(third, co_await session->next());
    EXPECT_TRUE(is<model::command_succeeded>(third));
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, a_command_is_attached_to_its_own_node_only) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(who, co_await test.client()->identity());
    auto command = test.reference(4);
    command.coordinator = model::host_id(base::uuid{});
    const auto session = co_await test.client()->attach(command);
    EXPECT_EQ(session.error().code, errc::wrong_node);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, a_command_alone_is_cancelled) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.node.mbeans = {1};
    CO_TRY(outcome, co_await test.client()->cancel(session->command(), {}));
    EXPECT_EQ(outcome, cancel_outcome::cancelled);
    EXPECT_EQ(test.node.terminations, 1);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, a_foreign_command_protects_ours) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.node.mbeans = {1, 2};
    CO_TRY(outcome, co_await test.client()->cancel(session->command(), {}));
    EXPECT_EQ(outcome, cancel_outcome::left_running);
    EXPECT_EQ(test.node.terminations, 0);
    CO_TRY(both, co_await test.client()->cancel(session->command(), {test.reference(2)}));
    EXPECT_EQ(both, cancel_outcome::cancelled);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, a_foreign_command_that_prepares_is_known_by_its_start) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.node.say(9, model::command_started{});
    test.node.status[9] = {model::command_state::running, ""};
    co_await test.clock.sleep_for(1s);
    CO_TRY(outcome, co_await test.client()->cancel(session->command(), {}));
    EXPECT_EQ(outcome, cancel_outcome::left_running);
    test.node.say(9, model::command_completed{});
    co_await test.clock.sleep_for(1s);
    CO_TRY(later, co_await test.client()->cancel(session->command(), {}));
    EXPECT_EQ(later, cancel_outcome::cancelled);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, who_asks_for_running_repairs_hears_of_those_that_begin_later) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(before, co_await test.client()->running_repairs());
    EXPECT_TRUE(before.empty());
    EXPECT_EQ(test.node.streams, 1);
    test.node.say(7, model::command_started{});  // its MBean comes later
    test.node.status[7] = {model::command_state::running, ""};
    co_await test.clock.sleep_for(1s);
    CO_TRY(now, co_await test.client()->running_repairs());
    EXPECT_EQ(now.size(), 1u);
    CO_TRY(session, co_await test.client()->start_repair(request()));
    EXPECT_EQ(test.node.streams, 1) << "the first repair finds a stream that is open";
    co_return co_await session->close();
  }(*this));
}

TEST_F(link_connector_test, on_3_11_the_validations_of_the_cancelled_command_are_stopped) {
  node.identity.release_version = "3.11.19";
  scripted_node replica(context.get_executor());
  replica.identity.id = model::host_id(*base::uuid::parse("22222222-7c1c-41f0-9d2a-0f1e2d3c4b5a"));
  replica.identity.release_version = "3.11.19";
  replica.compactions = {{"a", "ks", "t", "Validation"},
                         {"b", "ks", "other", "Validation"},
                         {"c", "ks", "t", "Compaction"},
                         {"d", "other", "t", "Validation"}};
  dialer->nodes["10.0.0.2:7199"] = &replica;
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.node.mbeans = {1};
    CO_TRY(outcome, co_await test.client()->cancel(session->command(), {}));
    EXPECT_EQ(outcome, cancel_outcome::cancelled);
    co_return result<void>{};
  }(*this));
  EXPECT_EQ(replica.stopped, std::vector<std::string>{"a"});
  EXPECT_TRUE(node.stopped.empty());
}

TEST_F(link_connector_test, the_command_of_an_earlier_process_needs_no_cancelling) {
  run([](link_connector_test& test) -> task<void> {
    auto command = test.reference(1);
    command.jvm_start -= 1h;
    CO_TRY(outcome, co_await test.client()->cancel(command, {}));
    EXPECT_EQ(outcome, cancel_outcome::not_running);
    co_return result<void>{};
  }(*this));
}

/// Each reading of the ring tells that the name leads to a node that has a link already.
TEST_F(link_connector_test, what_ring_shows_is_learnt) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(ring, co_await test.client()->ring());
    EXPECT_EQ(ring.nodes.size(), 2U);
    CO_TRY(keyspace, co_await test.client()->keyspace_ring("ks"));
    EXPECT_EQ(keyspace.ranges.size(), 2U);
    const auto unknown = co_await test.client()->keyspace_ring("nope");
    EXPECT_EQ(unknown.error().code, errc::unknown_keyspace);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, a_node_that_joins_can_not_say_that_a_keyspace_does_not_exist) {
  node.identity.operation_mode = "JOINING";
  run([](link_connector_test& test) -> task<void> {
    const auto unknown = co_await test.client()->keyspace_ring("nope");
    EXPECT_EQ(unknown.error().code, errc::refused_by_node);
    EXPECT_NE(unknown.error().message().find("JOINING"), std::string::npos);
    co_return result<void>{};
  }(*this));
}

}  // namespace
}  // namespace helenus::management::link
