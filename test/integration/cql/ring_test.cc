#include "cql/errc.h"
#include "integration/cql/real_cluster.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>
#include <string>
#include <vector>

namespace helenus::test {
namespace {

/// Run one by one by the script, beside a ring of test/cassandra/fake/fake_ring.py.
class ring_test : public real_cluster_test {
 public:
  static std::ptrdiff_t sockets() {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return std::count_if(begin(files), end(files), [](const auto& file) {
      std::error_code gone;
      return std::filesystem::read_symlink(file.path(), gone).string().starts_with("socket:");
    });
  }
  /// Whom we hold a connection to.
  static std::set<std::string> peers() {
    std::set<std::string> found;
    for (const auto& file : std::filesystem::directory_iterator("/proc/self/fd")) {
      sockaddr_in address{};
      socklen_t size = sizeof(address);
      const int number = std::stoi(file.path().filename());
      if (::getpeername(number, reinterpret_cast<sockaddr*>(&address), &size) != 0) continue;
      if (address.sin_family == AF_INET) found.insert(::inet_ntoa(address.sin_addr));
    }
    return found;
  }
  /// The data center of the node that answers.
  static task<std::string> ask_where(cql::session& on) {
    cql::statement where{.text = "SELECT data_center FROM system.local WHERE key = 'local'"};
    where.how.consistency = cql::consistency::one;
    CO_TRY(found, co_await on.execute(where));
    if (found.size() != 1) co_return error{base::errc::not_found, "the row"};
    co_return found[0].get<std::string>("data_center");
  }
  /// Until so many nodes are connected; a node is counted when its connection is made.
  task<std::vector<cql::node>> wait_for(cql::session& on, std::ptrdiff_t connected) {
    while (true) {
      CO_TRY(nodes, co_await on.nodes());
      const auto now =
          std::ranges::count_if(nodes, [](const auto& node) { return node.connected; });
      if (now >= connected) co_return std::move(nodes);
      co_await clock.sleep_for(std::chrono::milliseconds(50));
    }
  }
};

TEST_F(ring_test, DISABLED_large_rings_cost_no_more_connections_than_small_ones) {
  expect([](ring_test& test) -> task<void> {
    // Which nodes are chosen is left to chance: several sessions.
    for (int turn = 0; turn < 5; ++turn) {
      const auto others = sockets();
      CO_TRY(db, co_await cql::connect(test.clock, real_options()));
      CO_TRY(nodes, co_await test.wait_for(*db, 3));
      EXPECT_EQ(nodes.size(), 500u);
      EXPECT_EQ(std::ranges::count_if(nodes, [](const auto& node) { return node.connected; }), 3);
      EXPECT_TRUE(std::ranges::any_of(
          nodes, [](const auto& node) { return node.connected && node.address == "127.77.0.1"; }));
      EXPECT_EQ(sockets() - others, 4);  // and the one for events
      CO_TRY_VOID(co_await db->close());
    }
    co_return result<void>{};
  }(*this));
}

TEST_F(ring_test, DISABLED_translated_addresses_are_connected_to_instead) {
  expect([](ring_test& test) -> task<void> {
    auto options = real_options();
    for (int node = 1; node <= 20; ++node) {
      const auto number = ".0." + std::to_string(node);
      options.translated_addresses["198.51" + number] = "127.77" + number;
    }
    CO_TRY(db, co_await cql::connect(test.clock, std::move(options)));
    CO_TRY(nodes, co_await test.wait_for(*db, 3));
    // The contact point among them, which its peers know by another address.
    EXPECT_TRUE(std::ranges::any_of(
        nodes, [](const auto& node) { return node.connected && node.address == "198.51.0.1"; }));
    co_return co_await db->close();
  }(*this));
}

TEST_F(ring_test, DISABLED_moved_nodes_are_found_by_the_name_of_the_contact_point) {
  expect([](ring_test& test) -> task<void> {
    CO_TRY(db, co_await cql::connect(test.clock, real_options()));
    CO_TRY_VOID(co_await test.wait_for(*db, 3));
    std::cout << "connected" << std::endl;
    const auto deadline = test.clock.now() + std::chrono::minutes(3);
    bool found = false;
    while (!found && test.clock.now() < deadline) {
      co_await test.clock.sleep_for(std::chrono::milliseconds(100));
      CO_TRY(nodes, co_await db->nodes());
      found = std::ranges::any_of(nodes, [](const auto& node) {
        return node.connected && node.address.starts_with("127.78.");
      });
    }
    EXPECT_TRUE(found);
    cql::statement who{.text = "SELECT cluster_name FROM system.local WHERE key = 'local'"};
    who.how.consistency = cql::consistency::one;
    CO_TRY_VOID(co_await db->execute(who));
    co_return co_await db->close();
  }(*this));
}

TEST_F(ring_test, DISABLED_datacenters_of_others_are_left_alone_when_the_own_one_is_gone) {
  expect([](ring_test& test) -> task<void> {
    auto options = real_options();
    options.local_datacenter = "dc1";
    options.request_timeout = std::chrono::seconds(5);
    CO_TRY(db, co_await cql::connect(test.clock, std::move(options)));
    CO_TRY(nodes, co_await test.wait_for(*db, 3));
    std::set<std::string> others;
    for (const auto& node : nodes) {
      if (node.connected) EXPECT_EQ(node.datacenter, "dc1");
      if (node.datacenter == "dc2") others.insert(node.address);
    }
    EXPECT_EQ(others.size(), 10u);
    const auto stays_at_home = [&others] {
      return std::ranges::none_of(peers(), [&](const auto& at) { return others.contains(at); });
    };
    EXPECT_TRUE(stays_at_home());
    for (int turn = 0; turn < 12; ++turn) {
      CO_TRY(where, co_await test.ask_where(*db));
      EXPECT_EQ(where, "dc1");
    }
    std::cout << "stop dc1" << std::endl;
    auto answer = co_await test.ask_where(*db);
    while (answer) answer = co_await test.ask_where(*db);
    for (int turn = 0; turn < 3; ++turn) {
      EXPECT_EQ(answer.error().code, cql::errc::unreachable) << answer.error().message();
      EXPECT_TRUE(stays_at_home());
      answer = co_await test.ask_where(*db);
      if (answer) co_return error{base::errc::internal, "answered from " + *answer};
    }
    std::cout << "start dc1" << std::endl;
    const auto deadline = test.clock.now() + std::chrono::minutes(1);
    while (!answer && test.clock.now() < deadline) {
      co_await test.clock.sleep_for(std::chrono::milliseconds(100));
      answer = co_await test.ask_where(*db);
    }
    EXPECT_EQ(*answer, "dc1");
    co_return co_await db->close();
  }(*this));
}

TEST_F(ring_test, DISABLED_disagreement_on_the_schema_is_told_with_the_nodes) {
  expect([](ring_test& test) -> task<void> {
    auto options = real_options();
    options.schema_timeout = std::chrono::seconds(2);
    CO_TRY(db, co_await cql::connect(test.clock, std::move(options)));
    CO_TRY_VOID(co_await test.wait_for(*db, 3));
    for (const auto& failure :
         {(co_await db->change_schema("CREATE KEYSPACE made WITH replication = {}")).error(),
          (co_await db->agree_on_schema()).error()}) {
      EXPECT_EQ(failure.code, cql::errc::schema_disagreement) << failure.detail;
      for (const auto* told : {"0007 from 127.77.0.1, 127.77.0.2", "0008 from 127.77.0.3"})
        EXPECT_NE(failure.detail.find(told), std::string::npos) << failure.detail;
    }
    co_return co_await db->close();
  }(*this));
}

TEST_F(ring_test, DISABLED_apart_nodes_of_others_are_waited_for_while_they_are_up) {
  expect([](ring_test& test) -> task<void> {
    auto options = real_options();
    options.schema_timeout = std::chrono::seconds(7);
    CO_TRY(db, co_await cql::connect(test.clock, std::move(options)));
    CO_TRY_VOID(co_await test.wait_for(*db, 2));
    CO_TRY_VOID(co_await db->change_schema("CREATE KEYSPACE made WITH replication = {}"));
    auto agreed = co_await db->agree_on_schema();
    const auto failure = agreed.error();
    EXPECT_EQ(failure.code, cql::errc::schema_disagreement) << failure.detail;
    for (const auto* told :
         {"0007 from 127.77.0.1, 127.77.0.2, 127.77.0.3", "0008 from 127.77.0.4"})
      EXPECT_NE(failure.detail.find(told), std::string::npos) << failure.detail;

    for (const auto* downfall : {"hang dc2", "stop dc2"}) {
      std::cout << downfall << std::endl;
      agreed = co_await db->agree_on_schema();
      for (int turn = 1; !agreed && turn < 5; ++turn) agreed = co_await db->agree_on_schema();
      if (!agreed) co_return agreed.error();
      EXPECT_EQ(agreed->to_string(), "00000000-0000-0000-0000-000000000007");
    }
    co_return co_await db->close();
  }(*this));
}

}  // namespace
}  // namespace helenus::test
