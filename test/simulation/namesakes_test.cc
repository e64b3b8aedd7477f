// Cassandra's default name is "Test Cluster": different clusters have the same name.
#include "cluster/cluster_service.h"
#include "cluster/errc.h"
#include "repair/repair_service.h"
#include "storage/memory/backend.h"
#include "storage_link.h"
#include "support/fake_cluster.h"
#include "support/run.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <gtest/gtest.h>

#include <optional>

namespace helenus::test {
namespace {

using namespace std::chrono_literals;

fake_cluster_options at_other_addresses() {
  fake_cluster_options options;
  options.layout.datacenters = {{"none", 0, 1}, {"dc1", 3, 1}};
  options.layout.seed = 2;
  return options;
}

fake_cluster_options at_the_same_addresses() {
  fake_cluster_options options;
  options.layout.seed = 2;
  return options;
}

/// Two clusters on one network.
class network final : public management::node_connector {
 public:
  network(fake_cluster& ours, fake_cluster& theirs) : ours_(ours), theirs_(theirs) {}

  std::shared_ptr<management::node_client> client(const model::cluster& cluster,
                                                  const model::node_address& address) override {
    const bool is_ours = !everything_is_theirs && address.starts_with("10.1.");
    return (is_ours ? ours_ : theirs_).client(cluster, address);
  }
  void learn(const model::cluster&, const model::ring&) override {}
  void forget(const std::string&) override {}
  task<void> close_all() override { co_return result<void>{}; }

  bool everything_is_theirs = false;

 private:
  fake_cluster& ours_;
  fake_cluster& theirs_;
};

class namesakes_simulation : public ::testing::Test {
 protected:
  result<model::cluster> add(const model::node_address& seed, std::uint16_t port = 7199) {
    cluster::registration what;
    what.seed = seed;
    what.jmx_port = port;
    return run(context, clock, service.add(what));
  }

  boost::asio::io_context context;
  base::virtual_clock clock;
  fake_cluster ours{context.get_executor(), clock, {}};
  fake_cluster theirs{context.get_executor(), clock, at_other_addresses()};
  network connector{ours, theirs};
  storage::memory::backend storage;
  cluster::cluster_service service{context.get_executor(), clock, storage, connector, {}};
};

TEST_F(namesakes_simulation, registering_another_cluster_of_the_name_changes_nothing) {
  const auto first = add(ours.node(0).address());
  ASSERT_TRUE(first.has_value());
  const auto second = add(theirs.node(0).address());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, cluster::errc::wrong_cluster);
  EXPECT_NE(second.error().message().find("another cluster named"), std::string::npos);
  EXPECT_EQ(run(context, clock, service.find(first->name))->seed_hosts, first->seed_hosts);
}

TEST_F(namesakes_simulation, registering_again_replaces_seeds_and_keeps_how_nodes_are_reached) {
  const auto first = add(ours.node(0).address());
  const auto gone = ours.node(2).address();
  ours.remove_node(gone);
  const auto again = add(ours.node(1).address(), 7200);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->jmx_port, 7199);
  EXPECT_EQ(std::count(first->seed_hosts.begin(), first->seed_hosts.end(), gone), 1);
  EXPECT_EQ(std::count(again->seed_hosts.begin(), again->seed_hosts.end(), gone), 0);
}

/// Two people at once. Whoever comes last decides.
TEST_F(namesakes_simulation, a_cluster_may_be_deleted_while_it_is_registered_again) {
  storage::memory::backend shared{clock};
  storage_link way{clock, shared};
  cluster::cluster_service slow{context.get_executor(), clock, way, connector, {}};
  cluster::registration what;
  what.seed = ours.node(0).address();
  const auto name = run(context, clock, slow.add(what))->name;
  ASSERT_TRUE(run(context, clock, slow.ring(name)).has_value());
  way.take(1s);
  std::optional<result<model::cluster>> again;
  boost::asio::co_spawn(
      context, slow.add(what),
      [&](std::exception_ptr, result<model::cluster> added) { again = std::move(added); });
  clock.run(context, 1500ms);  // it is being saved
  ASSERT_FALSE(again.has_value());
  way.take(0s);
  ASSERT_TRUE(run(context, clock, slow.remove(name)).has_value());
  clock.run(context, 1s);
  ASSERT_TRUE(again.has_value() && again->has_value());
  EXPECT_TRUE(run(context, clock, slow.ring(name)).has_value());
}

TEST_F(namesakes_simulation, a_cluster_whose_addresses_all_changed_is_known_by_its_host_ids) {
  const auto first = add(ours.node(0).address());
  ASSERT_TRUE(run(context, clock, service.ring(first->name)).has_value());
  model::node_address moved;
  for (std::size_t index = 0; index < ours.size(); ++index) {
    moved = ours.change_address(ours.node(index).address());
  }
  const auto again = add(moved);
  ASSERT_TRUE(again.has_value()) << again.error().message();
  EXPECT_EQ(std::count(again->seed_hosts.begin(), again->seed_hosts.end(), moved), 1);
}

TEST_F(namesakes_simulation, the_ring_of_another_cluster_behind_the_old_addresses_is_not_believed) {
  fake_cluster strangers{context.get_executor(), clock, at_the_same_addresses()};
  network handed_over{ours, strangers};
  cluster::cluster_options impatient;
  impatient.ring_age = 0s;
  cluster::cluster_service again{context.get_executor(), clock, storage, handed_over, impatient};
  const auto name = add(ours.node(0).address())->name;
  ASSERT_TRUE(run(context, clock, again.ring(name)).has_value());
  handed_over.everything_is_theirs = true;
  clock.advance(1s);
  const auto ring = run(context, clock, again.ring(name));
  ASSERT_FALSE(ring.has_value());
  EXPECT_EQ(ring.error().code, cluster::errc::unreachable);
  EXPECT_NE(ring.error().message().find("another cluster"), std::string::npos)
      << ring.error().message();
}

/// A cluster that is registered, repaired, deleted, and made anew: by other machines, or by others
/// at the same addresses.
class registered_again_simulation : public ::testing::TestWithParam<bool> {
 protected:
  registered_again_simulation() {
    boost::asio::co_spawn(
        context, engine.run(),
        boost::asio::bind_cancellation_slot(
            kill.slot(), [this](std::exception_ptr, result<void>) { ended = true; }));
  }
  ~registered_again_simulation() override {
    kill.emit(boost::asio::cancellation_type::terminal);
    clock.run_until(context, clock.now() + 60s, [this] { return ended; });
  }

  std::string add(const model::node_address& seed) {
    cluster::registration what;
    what.seed = seed;
    const auto added = run(context, clock, clusters.add(what));
    EXPECT_TRUE(added.has_value()) << added.error().message();
    return added ? added->name : "";
  }
  /// A run from its start to its end; why it waits, if it does not end.
  std::string repair(const std::string& name) {
    repair::run_request what;
    what.cluster_name = name;
    what.keyspace = "shop";
    what.owner = "test";
    what.segments_per_node = 2;
    what.intensity = 1.0;
    const auto made = run(context, clock, engine.create(what));
    if (!made) return made.error().message();
    made_run = made->run.id;
    const auto started = run(context, clock, engine.start(made_run));
    if (!started) return started.error().message();
    clock.run(context, 1h);
    const auto seen = run(context, clock, engine.find(made_run)).value();
    if (seen.run.state == model::run_state::done) return "done";
    return seen.waiting ? seen.waiting->detail : "it waits for nothing";
  }
  void remove(const std::string& name) {
    EXPECT_TRUE(run(context, clock, engine.remove(made_run, "test")).has_value());
    EXPECT_TRUE(run(context, clock, clusters.remove(name)).has_value());
  }

  boost::asio::io_context context;
  base::virtual_clock clock;
  fake_cluster former{context.get_executor(), clock, {}};
  fake_cluster fresh{context.get_executor(), clock,
                     GetParam() ? at_the_same_addresses() : at_other_addresses()};
  network connector{former, fresh};
  storage::memory::backend storage;
  cluster::cluster_service clusters{context.get_executor(), clock, storage, connector, {}};
  deployment::mode alone;
  metrics::registry metrics;
  repair::repair_service engine{context.get_executor(),   clock,   storage, clusters, alone,
                                repair::repair_options{}, metrics, 7};
  model::run_id made_run;
  boost::asio::cancellation_signal kill;
  bool ended = false;
};

TEST_P(registered_again_simulation, is_repaired_as_it_is_now) {
  const auto name = add(former.node(0).address());
  ASSERT_EQ(repair(name), "done");
  remove(name);
  EXPECT_EQ(run(context, clock, clusters.ring(name)).error().code, cluster::errc::unknown_cluster);
  connector.everything_is_theirs = true;
  ASSERT_EQ(add(fresh.node(0).address()), name);
  EXPECT_EQ(repair(name), "done");
  EXPECT_TRUE(fresh.violations().empty());
  EXPECT_EQ(fresh.repaired().never_repaired("shop", {"customers", "orders", "visits"}), "");
}

INSTANTIATE_TEST_SUITE_P(machines, registered_again_simulation, ::testing::Bool(),
                         [](const auto& at_the_same_addresses) {
                           return at_the_same_addresses.param ? "at_the_same_addresses"
                                                              : "at_other_addresses";
                         });

}  // namespace
}  // namespace helenus::test
