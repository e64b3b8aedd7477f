#include "integration/management/real_world.h"

#include <algorithm>
#include <iostream>

namespace helenus::test {
namespace {

using namespace std::chrono_literals;

/// Where `asked` sees the node up, when that is not `known`.
task<std::optional<model::node_address>> elsewhere(std::shared_ptr<management::node_client> asked,
                                                   model::host_id node, model::node_address known) {
  CO_TRY(ring, co_await asked->ring());
  const auto found = std::ranges::find_if(
      ring.nodes, [&](const auto& one) { return one.id == node && one.alive; });
  if (found == ring.nodes.end() || found->address == known) {
    co_return std::optional<model::node_address>();
  }
  co_return std::optional(found->address);
}

/// Run alone, by a script that starts the second node at another address when it reads "known".
TEST(changed_address_test, DISABLED_a_client_stands_for_its_node_wherever_that_is) {
  real_world world;
  world.limit = 5min;  // a node starts in it
  const auto outcome = world.run([](real_world& world) -> task<void> {
    const auto known = lab_facts::get().addresses.at(1);
    const auto second = world.connector().client(world.cluster(), known);
    CO_TRY(before, co_await second->identity());
    EXPECT_EQ(before.address, known);
    std::cout << "known" << std::endl;
    std::optional<model::node_address> now;
    while (!now) {
      co_await world.clock().sleep_for(200ms);
      CO_TRY(seen, co_await elsewhere(world.client(), before.id, known));
      now = seen;
    }
    EXPECT_EQ(world.connector().client(world.cluster(), *now), second);
    CO_TRY(after, co_await second->identity());
    EXPECT_EQ(after.id, before.id);
    EXPECT_EQ(after.address, *now);
    EXPECT_GT(after.jvm_start, before.jvm_start);
    co_return result<void>{};
  }(world));
  EXPECT_TRUE(outcome.has_value()) << outcome.error().message();
}

}  // namespace
}  // namespace helenus::test
