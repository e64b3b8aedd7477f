// As whom a node is known, at which address, and whose connection it has.
#include "management/link/node_link.h"

#include "unit/management/link/link_fixture.h"

namespace helenus::management::link {
namespace {

struct node_link_test : link_fixture {};

TEST_F(node_link_test, a_cluster_to_be_registered_proves_its_password_with_a_new_connection) {
  cluster.name.clear();
  run([](node_link_test& test) -> task<void> {
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

TEST_F(node_link_test, another_cluster_behind_the_address_is_refused) {
  cluster.name = "production";
  run([](node_link_test& test) -> task<void> {
    const auto who = co_await test.client()->identity();
    EXPECT_EQ(who.error().code, errc::wrong_node);
    co_return result<void>{};
  }(*this));
}

TEST_F(node_link_test, another_node_behind_a_known_address_is_refused) {
  run([](node_link_test& test) -> task<void> {
    CO_TRY(who, co_await test.client()->identity());
    test.node.identity.id = another_id();
    test.node.restart();
    const auto other = co_await test.client()->identity();
    EXPECT_EQ(other.error().code, errc::wrong_node);
    co_return result<void>{};
  }(*this));
}

TEST_F(node_link_test, a_node_that_replaces_another_at_its_address_is_accepted_by_the_ring) {
  run([](node_link_test& test) -> task<void> {
    const auto before = test.client();
    CO_TRY(session, co_await before->start_repair(request()));
    test.node.identity.id = another_id();
    test.node.restart();
    const auto refused = co_await session->next();
    EXPECT_EQ(refused.error().code, errc::wrong_node);
    test.connector->learn(test.cluster, ring_of("10.0.0.1", another_id()));
    const auto ended = co_await session->next();
    EXPECT_EQ(ended.error().code, base::errc::closed);
    EXPECT_NE(ended.error().detail.find("another node has its address"), std::string::npos)
        << ended.error().detail;
    CO_TRY(who, co_await test.client()->identity());
    EXPECT_EQ(who.id, another_id());
    EXPECT_TRUE((co_await before->identity()).has_error()) << "it stands for the former node";
    co_return result<void>{};
  }(*this));
}

TEST_F(node_link_test, a_node_that_answers_is_there_whatever_a_ring_says) {
  run([](node_link_test& test) -> task<void> {
    const auto client = test.client();
    CO_TRY(session, co_await client->start_repair(request()));
    test.connector->learn(test.cluster, ring_of("10.0.0.1", another_id()));
    EXPECT_EQ(test.client(), client);
    test.node.say(1, model::command_started{});
    CO_TRY(event, co_await session->next());
    EXPECT_TRUE(is<model::command_started>(event));
    co_return result<void>{};
  }(*this));
}

TEST_F(node_link_test, a_cluster_that_was_made_anew_can_be_registered_again) {
  cluster.name.clear();
  run([](node_link_test& test) -> task<void> {
    CO_TRY(ring, co_await test.client()->ring());
    test.node.identity.id = another_id();
    test.node.restart();
    CO_TRY(who, co_await test.client()->identity());
    EXPECT_EQ(who.id, another_id());
    co_return result<void>{};
  }(*this));
}

TEST_F(node_link_test, another_node_may_answer_for_a_cluster_that_was_removed_meanwhile) {
  run([](node_link_test& test) -> task<void> {
    const auto before = test.client();
    CO_TRY(former, co_await before->identity());
    test.connector->forget("testcluster");
    const auto ended = co_await before->identity();
    EXPECT_EQ(ended.error().code, base::errc::closed);
    test.node.identity.id = another_id();
    test.node.restart();
    CO_TRY(who, co_await test.client()->identity());
    EXPECT_EQ(who.id, another_id());
    co_return result<void>{};
  }(*this));
}

TEST_F(node_link_test, a_node_with_another_address_keeps_its_client) {
  run([](node_link_test& test) -> task<void> {
    auto client = test.client();
    CO_TRY(who, co_await client->identity());
    CO_TRY(session, co_await client->start_repair(request()));
    test.dialer->nodes.clear();
    test.dialer->nodes["10.0.0.9:7199"] = &test.node;
    test.node.cut();
    const auto trouble = co_await session->next();
    EXPECT_EQ(trouble.error().code, errc::node_unreachable);
    test.connector->learn(test.cluster, ring_of("10.0.0.9", who.id));
    EXPECT_EQ(test.connector->client(test.cluster, "10.0.0.9"), client);
    test.node.say(1, model::command_started{});
    CO_TRY(event, co_await session->next());
    EXPECT_TRUE(is<model::command_started>(event));
    co_return result<void>{};
  }(*this));
}

TEST_F(node_link_test, nodes_that_change_places_keep_their_clients) {
  scripted_node other(context.get_executor());
  other.identity.id = model::host_id(*base::uuid::parse("22222222-7c1c-41f0-9d2a-0f1e2d3c4b5a"));
  dialer->nodes["10.0.0.2:7199"] = &other;
  run([](node_link_test& test, scripted_node& other) -> task<void> {
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

TEST_F(node_link_test, links_by_the_name_of_a_service_do_not_add_up) {
  dialer->nodes["service:7199"] = &node;
  run([](node_link_test& test) -> task<void> {
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

}  // namespace
}  // namespace helenus::management::link
