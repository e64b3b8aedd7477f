#include "support/fake_cluster.h"

#include "base/task_group.h"
#include "management/errc.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace helenus::test {
namespace {

using namespace std::chrono_literals;
using management::cancel_outcome;

constexpr const char* table = "orders";

class fake_cluster_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  base::virtual_clock clock;
  fake_cluster_options options;
  std::unique_ptr<fake_cluster> world;

  fake_cluster& cluster() {
    if (!world) world = std::make_unique<fake_cluster>(context.get_executor(), clock, options);
    return *world;
  }
  template <class Value>
  result<Value> run(task<Value> work) {
    return test::run(context, clock, std::move(work));
  }
  std::shared_ptr<management::node_client> client(std::size_t index = 0) {
    return cluster().client(cluster().registration(), cluster().node(index).address());
  }
  // A range that the node replicates.
  model::token_range local_range(std::size_t node = 0) {
    const auto placed = *cluster().keyspace_ring("shop");
    for (const auto& range : placed.ranges) {
      for (const auto& replica : *range.replicas) {
        if (replica.address == cluster().node(node).address()) return range.range;
      }
    }
    return {};
  }
  management::repair_request request(std::size_t node = 0) {
    management::repair_request wanted;
    wanted.keyspace = "shop";
    wanted.tables = {table};
    wanted.ranges = {local_range(node)};
    return wanted;
  }
  std::unique_ptr<management::repair_session> start(std::size_t node = 0) {
    auto session = run(client(node)->start_repair(request(node)));
    EXPECT_TRUE(session.has_value()) << session.error().message();
    return session ? std::move(*session) : nullptr;
  }
  // The events up to completion, an outcome by answer, or an error, by name.
  std::string story(management::repair_session& session) {
    std::string text;
    while (true) {
      auto event = run(session.next());
      if (!event) return text + "error";
      constexpr const char* names[] = {"started", "progress", "failed", "succeeded", "completed",
                                       "notice",  "lost",     "answer", "restarted"};
      text += names[event->index()];
      if (const auto* answer = std::get_if<model::command_answer>(&*event)) {
        constexpr const char* states[] = {":running", ":succeeded", ":failed", ":unknown"};
        text += states[static_cast<int>(answer->state)];
        if (answer->state != model::command_state::running) return text;
      }
      if (event->index() == 4 || event->index() == 8) return text;
      text += ' ';
    }
  }
};

TEST_F(fake_cluster_test, a_repair_that_goes_well_takes_its_time_and_is_recorded) {
  const auto session = start();
  const auto began = clock.now();
  EXPECT_EQ(session->command().number, 1);
  EXPECT_EQ(story(*session), "started succeeded completed");
  EXPECT_EQ(clock.now() - began, 30s + 2ms);
  EXPECT_EQ(cluster().repaired().size(), 1u);
  EXPECT_EQ(cluster().longest_busy_time(), 30s + 2ms);
  EXPECT_TRUE(cluster().violations().empty());
}

TEST_F(fake_cluster_test, every_loss_of_an_event_is_announced_and_then_answered) {
  const std::map<fault, std::string> stories{
      {fault::lose_started,
       "lost answer:running answer:running answer:running succeeded completed"},
      {fault::lose_succeeded, "started lost completed"},
      {fault::lose_completed, "started succeeded lost answer:succeeded"},
      {fault::lose_end, "started lost answer:succeeded"},
  };
  for (const auto& [what, expected] : stories) {
    cluster().node(0).inject(what);
    const auto session = start();
    EXPECT_EQ(story(*session), expected) << static_cast<int>(what);
  }
}

TEST_F(fake_cluster_test, a_silent_loss_shows_when_the_session_asks_by_itself) {
  cluster().node(0).inject(fault::lose_everything, loss::silent);
  const auto session = start();
  EXPECT_EQ(story(*session), "answer:succeeded");
  EXPECT_GE(clock.now().time_since_epoch(), 60s);
}

TEST_F(fake_cluster_test, orders_and_failures_are_as_injected) {
  const std::map<fault, std::string> stories{
      {fault::completed_first, "started completed"},
      {fault::late_completed, "started succeeded completed"},
      {fault::late_started, "started succeeded completed"},
      {fault::extra_events, "started progress notice succeeded completed"},
      {fault::duplicate_events, "started started succeeded succeeded completed"},
      {fault::started_last, "succeeded completed"},
      {fault::fail, "started failed completed"},
      {fault::fail_twice, "started failed failed completed"},
      {fault::fail_without_start, "failed completed"},
  };
  for (const auto& [what, expected] : stories) {
    cluster().node(0).inject(what);
    const auto session = start();
    EXPECT_EQ(story(*session), expected) << static_cast<int>(what);
    clock.advance(2min);
  }
  EXPECT_EQ(cluster().command_counts()[command_end::failed], 3);
}

TEST_F(fake_cluster_test, what_follows_the_first_half_of_an_end_is_still_delivered) {
  cluster().node(0).inject(fault::completed_first);
  const auto session = start();
  EXPECT_EQ(story(*session), "started completed");
  EXPECT_TRUE(std::holds_alternative<model::command_succeeded>(*run(session->next())));
}

TEST_F(fake_cluster_test, an_end_without_success_is_followed_by_an_answer) {
  cluster().node(0).inject(fault::lose_succeeded);
  const auto session = start();
  EXPECT_EQ(story(*session), "started lost completed");
  EXPECT_EQ(story(*session), "answer:succeeded");
}

TEST_F(fake_cluster_test, a_refused_or_unanswered_start_is_an_error) {
  cluster().node(0).inject(fault::refuse_start);
  EXPECT_EQ(run(client()->start_repair(request())).error().code, management::errc::refused_by_node);
  cluster().node(0).inject(fault::lose_start_reply);
  EXPECT_EQ(run(client()->start_repair(request())).error().code, management::errc::start_uncertain);
  EXPECT_EQ(run(client()->running_repairs())->size(), 1u);  // it runs all the same
}

TEST_F(fake_cluster_test, an_empty_list_is_a_violation) {
  auto wanted = request();
  wanted.tables.clear();
  EXPECT_FALSE(run(client()->start_repair(wanted)).has_value());
  EXPECT_EQ(cluster().violations().size(), 1u);
}

TEST_F(fake_cluster_test, a_range_that_crosses_a_vnode_border_fails) {
  auto wanted = request();
  const auto placed = *cluster().keyspace_ring("shop");
  wanted.ranges = {{placed.ranges[0].range.start, placed.ranges[1].range.end}};
  const auto session = run(client()->start_repair(wanted));
  EXPECT_EQ(story(**session), "failed completed");
}

TEST_F(fake_cluster_test, a_restarted_node_has_forgotten_its_commands) {
  const auto session = start();
  EXPECT_TRUE(std::holds_alternative<model::command_started>(*run(session->next())));
  cluster().node(0).restart();
  EXPECT_EQ(story(*session), "restarted");
  EXPECT_EQ(start()->command().number, 1);
  EXPECT_EQ(cluster().command_counts()[command_end::gone], 1);
}

TEST_F(fake_cluster_test, a_dead_coordinator_is_an_error_until_it_is_back) {
  const auto session = start();
  cluster().node(0).kill();
  EXPECT_EQ(story(*session), "error");
  EXPECT_EQ(run(client()->identity()).error().code, management::errc::node_unreachable);
  cluster().node(0).start();
  EXPECT_EQ(story(*session), "restarted");
}

TEST_F(fake_cluster_test, a_dead_replica_fails_the_command_and_is_seen_as_dead) {
  const auto session = start();
  EXPECT_TRUE(std::holds_alternative<model::command_started>(*run(session->next())));
  const auto killed = clock.now();
  cluster().node(1).kill();
  EXPECT_EQ(story(*session), "failed completed");
  EXPECT_EQ(clock.now() - killed, 10s);
  const auto ring = *run(client()->ring());
  EXPECT_EQ(std::count_if(ring.nodes.begin(), ring.nodes.end(),
                          [](const model::node& node) { return node.alive; }),
            2);
  EXPECT_EQ(story(*start()), "failed completed");  // a dead neighbour
}

TEST_F(fake_cluster_test, a_pause_that_nobody_notices_only_delays) {
  const auto session = start();
  const auto began = clock.now();
  cluster().node(0).pause();
  clock.advance(5s);
  cluster().node(0).resume();
  cluster().node(1).pause();
  clock.advance(5s);
  cluster().node(1).resume();
  EXPECT_EQ(story(*session), "started succeeded completed");
  EXPECT_EQ(clock.now() - began, 35s + 2ms);
}

TEST_F(fake_cluster_test, a_paused_node_does_not_answer) {
  const auto from = client();
  cluster().node(0).pause();
  const auto before = clock.now();
  EXPECT_EQ(run(from->pending_compactions()).error().code, management::errc::call_timed_out);
  EXPECT_EQ(clock.now() - before, 20s);
}

TEST_F(fake_cluster_test, what_is_said_while_the_connection_is_cut_is_lost_and_announced) {
  const auto session = start();
  EXPECT_TRUE(std::holds_alternative<model::command_started>(*run(session->next())));
  cluster().node(0).cut_connection();
  EXPECT_EQ(story(*session), "error");
  clock.advance(20s);
  cluster().node(0).mend_connection();
  EXPECT_EQ(story(*session), "lost answer:succeeded");
}

TEST_F(fake_cluster_test, an_attached_session_asks_first) {
  const auto running = start();
  clock.advance(10s);
  const auto session = *run(client()->attach(running->command()));
  EXPECT_EQ(story(*session), "answer:running answer:running answer:running succeeded completed");
  const auto late = *run(client()->attach(running->command()));
  EXPECT_EQ(story(*late), "answer:succeeded");
  auto other_process = running->command();
  other_process.jvm_start += 1s;
  EXPECT_EQ(story(**run(client()->attach(other_process))), "restarted");
}

TEST_F(fake_cluster_test, an_old_node_does_not_remember_what_has_ended) {
  options.layout.release_version = "3.11.19";
  cluster().node(0).inject(fault::lose_end);
  EXPECT_EQ(story(*start()), "started lost answer:unknown");
}

TEST_F(fake_cluster_test, cancelling_spares_the_repairs_of_others) {
  const auto session = start();
  cluster().node(0).start_foreign_repair(1h);
  const auto cancel = [&] { return *run(client()->cancel(session->command(), {})); };
  EXPECT_EQ(cancel(), cancel_outcome::left_running);
  cluster().node(0).restart();
  EXPECT_EQ(cancel(), cancel_outcome::not_running);
  const auto again = start();
  EXPECT_EQ(*run(client()->cancel(again->command(), {})), cancel_outcome::cancelled);
  EXPECT_EQ(story(*again), "started failed completed");
}

TEST_F(fake_cluster_test, two_commands_on_one_replica_are_a_violation) {
  const auto first = start(0);
  const auto second = start(1);
  EXPECT_EQ(cluster().violations().size(), 3u);  // three nodes, three copies: on each
}

TEST_F(fake_cluster_test, changes_of_the_members_change_the_ring) {
  options.layout.datacenters = {{"dc1", 5, 1}};
  const auto size = [&] { return run(client()->ring())->nodes.size(); };
  const auto tokens = [&] { return run(client()->keyspace_ring("shop"))->ranges.size(); };
  const auto added = cluster().add_node("dc1", "r1");
  EXPECT_EQ(size(), 6u);
  EXPECT_EQ(tokens(), 6u * 16);
  cluster().remove_node(added);
  EXPECT_EQ(size(), 5u);
  const auto id = cluster().node(4).id();
  const auto replaced = cluster().replace_node(cluster().node(4).address());
  EXPECT_NE(cluster().node(replaced).id(), id);
  EXPECT_EQ(tokens(), 5u * 16);
  const auto moved = cluster().change_address(replaced);
  EXPECT_EQ(cluster().node(moved).id(), cluster().node(moved).shown().id);
  EXPECT_EQ(size(), 5u);
}

TEST_F(fake_cluster_test, the_same_seed_gives_the_same_history) {
  const auto history = [](std::uint64_t seed) {
    boost::asio::io_context own;
    base::virtual_clock time;
    fake_cluster_options chosen;
    chosen.seed = seed;
    chosen.repair_time = takes_between(1s, 100s);
    chosen.fault_rates = {{fault::fail, 0.3}};
    fake_cluster one(own.get_executor(), time, chosen);
    std::string text;
    const auto range = one.keyspace_ring("shop")->ranges.front();
    for (int count = 0; count < 10; ++count) {
      auto node = one.client(one.registration(), range.replicas->front().address);
      management::repair_request wanted;
      wanted.keyspace = "shop";
      wanted.tables = {table};
      wanted.ranges = {range.range};
      auto session = *test::run(own, time, node->start_repair(wanted));
      while (true) {
        const auto event = *test::run(own, time, session->next());
        text += std::to_string(event.index()) + "@" +
                std::to_string(time.now().time_since_epoch().count()) + " ";
        if (std::holds_alternative<model::command_completed>(event)) break;
      }
    }
    return text;
  };
  EXPECT_EQ(history(1), history(1));
  EXPECT_NE(history(1), history(2));
}

TEST(repair_ledger_test, counts_every_part_of_the_ring) {
  repair_ledger ledger(model::partitioner::murmur3);
  const auto range = [](int start, int end) {
    return model::token_range{model::token(start), model::token(end)};
  };
  EXPECT_NE(ledger.never_repaired("shop", {table}), "");
  ledger.add("shop", {table}, {range(10, 20), range(20, -5)});
  EXPECT_EQ(ledger.never_repaired("shop", {table}), "shop.orders (-5,10] was repaired 0 times");
  ledger.add("shop", {table}, {range(-5, 10)});
  EXPECT_EQ(ledger.not_exactly_once("shop", {table}), "");
  ledger.add("shop", {table}, {range(0, 1)});
  EXPECT_EQ(ledger.not_exactly_once("shop", {table}), "shop.orders (0,1] was repaired 2 times");
  EXPECT_EQ(ledger.never_repaired("shop", {table}), "");
  EXPECT_NE(ledger.never_repaired("shop", {"customers"}), "");
}

TEST(fake_ring_test, copies_lie_in_different_racks_and_datacenters) {
  ring_layout layout;
  layout.datacenters = {{"dc1", 6, 3}, {"dc2", 4, 1}};
  const auto ring = make_ring(layout);
  const auto placed = place_keyspace(ring, {{"dc1", 3}, {"dc2", 2}});
  EXPECT_EQ(placed.ranges.size(), 10u * 16);
  for (const auto& range : placed.ranges) {
    std::set<std::string> racks;
    int elsewhere = 0;
    for (const auto& replica : *range.replicas) {
      const auto node = std::find_if(
          ring.nodes.begin(), ring.nodes.end(),
          [&replica](const model::node& one) { return one.address == replica.address; });
      if (replica.datacenter == "dc1") racks.insert(node->rack);
      if (replica.datacenter == "dc2") ++elsewhere;
    }
    EXPECT_EQ(racks.size(), 3u);
    EXPECT_EQ(elsewhere, 2);
    EXPECT_EQ(range.replicas->size(), 5u);
  }
}

}  // namespace
}  // namespace helenus::test
