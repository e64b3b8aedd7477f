#include "management/link/link_connector.h"

#include "support/run.h"
#include "unit/management/link/scripted_node.h"

#include <gtest/gtest.h>

namespace helenus::management::link {
namespace {

using namespace std::chrono_literals;

template <class Event>
bool is(const model::repair_event& event) {
  return std::holds_alternative<Event>(event);
}

struct link_connector_test : ::testing::Test {
  link_connector_test() {
    auto scripted = std::make_unique<scripted_dialer>();
    scripted->nodes["10.0.0.1:7199"] = &node;
    dialer = scripted.get();
    const auto where = [](const model::cluster& of, const model::node_address& address) {
      return node_target{{address, of.jmx_port}, of.name, of.jmx_username, of.jmx_password};
    };
    connector.emplace(context.get_executor(), clock, options, where, std::move(scripted));
    cluster.name = "testcluster";
    cluster.jmx_port = 7199;
    node.facts.cluster_name = "Test Cluster";
    node.facts.partitioner_name = "Murmur3Partitioner";
    node.facts.release_version = "5.0.9";
    node.facts.token_to_endpoint = {{"0", "10.0.0.1"}, {"100", "10.0.0.2"}};
    node.facts.endpoint_to_host_id = {{"10.0.0.1", node.identity.id.value().to_string()},
                                      {"10.0.0.2", "22222222-7c1c-41f0-9d2a-0f1e2d3c4b5a"}};
    node.ranges = {{"0", "100", {"10.0.0.1", "10.0.0.2"}}, {"100", "0", {"10.0.0.1"}}};
  }

  void run(task<void> scene) {
    auto closing = base::finally(
        std::move(scene), [this]() -> task<void> { co_return co_await connector->close_all(); });
    const auto outcome = test::run(context, clock, std::move(closing), 24h);
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message();
  }

  std::shared_ptr<node_client> client() { return connector->client(cluster, "10.0.0.1"); }
  static repair_request request() {
    repair_request wanted;
    wanted.keyspace = "ks";
    wanted.tables = {"t"};
    wanted.ranges = {{model::token(1), model::token(2)}};
    return wanted;
  }
  model::command_reference reference(std::int32_t number) const {
    return {node.identity.id, number, node.identity.jvm_start};
  }

  boost::asio::io_context context;
  base::virtual_clock clock;
  scripted_node node{context.get_executor()};
  connector_options options;
  scripted_dialer* dialer = nullptr;
  std::optional<link_connector> connector;
  model::cluster cluster;
};

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

TEST_F(link_connector_test, a_cluster_to_be_registered_proves_its_password_with_a_new_connection) {
  cluster.name.clear();
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(who, co_await test.client()->identity());
    const auto first = test.client();
    for (const auto* password : {"{cipher}00", "{cipher}11"}) {
      test.cluster.jmx_password = base::secret(password);
      CO_TRY(same, co_await test.client()->identity());
    }
    EXPECT_EQ(test.node.connections, 3);
    co_await test.clock.sleep_for(1s);
    EXPECT_EQ(test.node.goodbyes, 2) << "nobody uses the others";
    const auto ended = co_await first->identity();
    EXPECT_EQ(ended.error().code, base::errc::closed);
    test.node.refuses_connections = error{errc::authentication_failed, "wrong password"};
    test.cluster.jmx_password = base::secret("{cipher}22");
    const auto refused = co_await test.client()->identity();
    EXPECT_EQ(refused.error().code, errc::authentication_failed);
    test.node.refuses_connections.reset();
    test.cluster.jmx_password = base::secret("{cipher}33");
    CO_TRY(at_once, co_await test.client()->identity());
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, another_cluster_behind_the_address_is_refused) {
  cluster.name = "production";
  run([](link_connector_test& test) -> task<void> {
    const auto who = co_await test.client()->identity();
    EXPECT_EQ(who.error().code, errc::wrong_node);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, another_node_behind_a_known_address_is_refused) {
  run([](link_connector_test& test) -> task<void> {
    CO_TRY(who, co_await test.client()->identity());
    test.node.identity.id =
        model::host_id(*base::uuid::parse("99999999-7c1c-41f0-9d2a-0f1e2d3c4b5a"));
    test.node.restart();
    const auto other = co_await test.client()->identity();
    EXPECT_EQ(other.error().code, errc::wrong_node);
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, a_node_with_another_address_keeps_its_client) {
  run([](link_connector_test& test) -> task<void> {
    auto client = test.client();
    CO_TRY(who, co_await client->identity());
    CO_TRY(session, co_await client->start_repair(request()));
    test.dialer->nodes.clear();
    test.dialer->nodes["10.0.0.9:7199"] = &test.node;
    test.node.cut();
    const auto trouble = co_await session->next();
    EXPECT_EQ(trouble.error().code, errc::node_unreachable);
    model::ring ring;
    auto& moved = ring.nodes.emplace_back();
    moved.address = "10.0.0.9";
    moved.id = who.id;
    test.connector->learn(test.cluster, ring);
    EXPECT_EQ(test.connector->client(test.cluster, "10.0.0.9"), client);
    test.node.say(1, model::command_started{});
    CO_TRY(event, co_await session->next());
    EXPECT_TRUE(is<model::command_started>(event));
    co_return result<void>{};
  }(*this));
}

TEST_F(link_connector_test, nodes_that_change_places_keep_their_clients) {
  scripted_node other(context.get_executor());
  other.identity.id = model::host_id(*base::uuid::parse("22222222-7c1c-41f0-9d2a-0f1e2d3c4b5a"));
  dialer->nodes["10.0.0.2:7199"] = &other;
  run([](link_connector_test& test, scripted_node& other) -> task<void> {
    const auto first = test.client();
    const auto second = test.connector->client(test.cluster, "10.0.0.2");
    CO_TRY(before, co_await first->identity());
    CO_TRY(other_before, co_await second->identity());
    test.dialer->nodes = {{"10.0.0.1:7199", &other}, {"10.0.0.2:7199", &test.node}};
    test.node.cut();
    other.cut();
    model::ring ring;
    ring.nodes.resize(2);
    ring.nodes[0].address = "10.0.0.2";
    ring.nodes[0].id = before.id;
    ring.nodes[1].address = "10.0.0.1";
    ring.nodes[1].id = other_before.id;
    test.connector->learn(test.cluster, ring);
    EXPECT_EQ(test.connector->client(test.cluster, "10.0.0.2"), first);
    EXPECT_EQ(test.connector->client(test.cluster, "10.0.0.1"), second);
    CO_TRY(after, co_await first->identity());
    CO_TRY(other_after, co_await second->identity());
    EXPECT_EQ(after.id, before.id);
    EXPECT_EQ(other_after.id, other_before.id);
    co_return result<void>{};
  }(*this, other));
}

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
TEST_F(link_connector_test, links_by_the_name_of_a_service_do_not_add_up) {
  dialer->nodes["service:7199"] = &node;
  run([](link_connector_test& test) -> task<void> {
    EXPECT_TRUE((co_await test.client()->identity()).has_value());
    std::vector<std::weak_ptr<node_link>> links;
    std::unique_ptr<repair_session> session;
    for (int reading = 0; reading < 3; ++reading) {
      const auto by_name = test.connector->client(test.cluster, "service");
      links.push_back(dynamic_cast<linked_node_client&>(*by_name).link());
      session = *co_await by_name->attach(test.reference(1));
      EXPECT_TRUE((co_await by_name->ring()).has_value());
    }
    test.node.cut();
    co_await test.clock.sleep_for(10min);
    EXPECT_TRUE(links[0].expired() && links[1].expired());
    EXPECT_FALSE(links[2].expired()) << "a session needs it";
    session.reset();
    co_await test.clock.sleep_for(10min);
    EXPECT_TRUE(links[2].expired());
    co_return result<void>{};
  }(*this));
}

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
