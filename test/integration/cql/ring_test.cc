#include "integration/cql/real_cluster.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
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

}  // namespace
}  // namespace helenus::test
