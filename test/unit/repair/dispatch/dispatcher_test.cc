#include "repair/dispatch/dispatcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace helenus::repair {
namespace {

using namespace std::chrono_literals;
using model::waiting_for;

class dispatcher_test : public ::testing::Test {
 protected:
  static constexpr std::size_t no_limit = 1'000'000;
  dispatcher who_next{1};
  base::uuid_source ids{1};
  model::wall_time wall{24h * 20000};
  time_point now{1h};

  model::run_id run(double intensity = 1.0) {
    const model::run_id id(ids.next(wall));
    who_next.add_run(id, intensity, now);
    who_next.set_admitted(id, true, now);
    return id;
  }
  model::segment_id add(model::run_id run, std::vector<model::node_address> nodes) {
    const model::segment_id id(ids.next(wall));
    for (const auto& node : nodes) open(node);
    who_next.add(run, id, std::move(nodes));
    return id;
  }
  void open(const model::node_address& node) {
    node_gate gate;
    gate.open = true;
    who_next.set_gate(node, gate, now);
  }
  void close(const model::node_address& node, waiting_for what) {
    node_gate gate;
    gate.what = what;
    gate.detail = "closed";
    gate.next_look = now + 5s;
    who_next.set_gate(node, gate, now);
  }
  std::vector<model::segment_id> decide(std::size_t limit = no_limit) {
    std::vector<model::segment_id> started;
    for (const auto& start : who_next.decide(now, limit)) started.push_back(start.segment);
    return started;
  }
  std::optional<waiting_for> why(model::run_id run, model::segment_id segment) {
    const auto all = who_next.reasons(run, now, wall);
    const auto found = all.find(segment);
    if (found == all.end()) return std::nullopt;
    return found->second.what;
  }
};

using started = std::vector<model::segment_id>;

TEST_F(dispatcher_test, segments_with_disjoint_replicas_start_together) {
  const auto id = run();
  const auto left = add(id, {"a", "b"});
  const auto right = add(id, {"c", "d"});
  auto both = decide();
  std::sort(both.begin(), both.end());
  EXPECT_EQ(both, (started{left, right}));
}

TEST_F(dispatcher_test, a_node_takes_part_in_one_command_whatever_the_run) {
  const auto first_run = run();
  const auto second_run = run();
  const auto first = add(first_run, {"a", "b"});
  const auto second = add(second_run, {"b", "c"});
  EXPECT_EQ(decide().size(), 1u);
  EXPECT_TRUE(decide().empty());
  EXPECT_EQ(why(second_run, second), waiting_for::replica_busy);
  who_next.ended(first, 1s, now);
  EXPECT_EQ(decide(), started{second});
}

TEST_F(dispatcher_test, the_node_with_most_work_left_comes_first) {
  const auto id = run();
  add(id, {"a", "b"});
  const auto critical = add(id, {"b", "c"});
  add(id, {"c", "d"});
  add(id, {"c", "d"});
  const auto chosen = decide();
  ASSERT_FALSE(chosen.empty());
  EXPECT_TRUE(chosen.front() == critical || chosen.size() == 2);
  // c has three, so one of its segments runs, whichever partner it takes.
  EXPECT_EQ(who_next.busy("c"), 1);
}

TEST_F(dispatcher_test, what_needs_no_other_lease_comes_first_while_it_is_ours) {
  const auto id = run();
  const auto first = add(id, {"a", "b", "c"});
  ASSERT_EQ(decide(), started{first});
  const auto same = add(id, {"a", "b", "c"});
  const auto same_later = add(id, {"a", "b", "c"});
  std::vector<model::segment_id> others;
  for (int i = 0; i < 9; ++i) others.push_back(add(id, {"a", "d", "e"}));
  add(id, {"a", "f", "g"});
  who_next.hand_over(first);
  who_next.ended(first, 1s, now);
  EXPECT_EQ(decide(), started{same});
  who_next.released(first);
  // Stored so late that nothing was left to be taken over.
  who_next.ended(same, 1s, now);
  EXPECT_EQ(decide(), started{others.front()});
  EXPECT_EQ(why(id, same_later), waiting_for::replica_busy);
}

TEST_F(dispatcher_test, a_resting_node_rests_for_its_run_only) {
  const auto slow = run(0.5);
  const auto fast = run();
  const auto first = add(slow, {"a"});
  EXPECT_EQ(decide(), started{first});
  const auto second = add(slow, {"a"});
  who_next.ended(first, 10s, now);
  EXPECT_TRUE(decide().empty());
  EXPECT_EQ(why(slow, second), waiting_for::pacing);
  EXPECT_EQ(who_next.next_wake(), now + 10s);
  const auto other = add(fast, {"a"});
  EXPECT_EQ(decide(), started{other});
  who_next.ended(other, 1s, now);
  now += 10s;
  EXPECT_EQ(decide(), started{second});
}

TEST_F(dispatcher_test, a_closed_gate_names_node_and_next_look) {
  const auto id = run();
  const auto segment = add(id, {"a", "b"});
  close("b", waiting_for::pending_compactions);
  EXPECT_TRUE(decide().empty());
  const auto reason = who_next.reason(id, now, wall);
  ASSERT_TRUE(reason.has_value());
  EXPECT_EQ(reason->what, waiting_for::pending_compactions);
  EXPECT_EQ(reason->node, "b");
  EXPECT_EQ(reason->next_check, wall + 5s);
  EXPECT_FALSE(who_next.activity(id, now).can_start);
  open("b");
  EXPECT_EQ(decide(), started{segment});
}

TEST_F(dispatcher_test, a_run_that_is_not_admitted_starts_nothing) {
  const auto id = run();
  const auto segment = add(id, {"a"});
  who_next.set_admitted(id, false, now);
  EXPECT_TRUE(decide().empty());
  EXPECT_EQ(why(id, segment), waiting_for::run_limit);
  who_next.set_admitted(id, true, now);
  EXPECT_EQ(decide(), started{segment});
}

TEST_F(dispatcher_test, a_delayed_segment_starts_when_its_time_has_come) {
  const auto id = run();
  const model::segment_id segment(ids.next(wall));
  open("a");
  model::waiting_reason reason;
  reason.what = waiting_for::retry_delay;
  who_next.add_later(id, segment, {"a"}, now + 30s, now, reason);
  EXPECT_TRUE(decide().empty());
  EXPECT_EQ(why(id, segment), waiting_for::retry_delay);
  EXPECT_EQ(who_next.next_wake(), now + 30s);
  EXPECT_EQ(who_next.nodes_with_work(), std::vector<model::node_address>{"a"});
  now += 30s;
  EXPECT_EQ(decide(), started{segment});
}

TEST_F(dispatcher_test, a_parked_segment_is_counted_and_shown_and_never_starts) {
  const auto one = run();
  const model::segment_id parked(ids.next(wall));
  model::waiting_reason reason;
  reason.what = waiting_for::topology_change;
  who_next.park(one, parked, reason);
  now += 24h;
  EXPECT_TRUE(decide().empty());
  EXPECT_FALSE(who_next.next_wake().has_value());
  EXPECT_EQ(who_next.activity(one, now).delayed, 1u);
  EXPECT_EQ(why(one, parked), waiting_for::topology_change);
  EXPECT_EQ(who_next.reason(one, now, wall)->what, waiting_for::topology_change);
  who_next.remove_run(one);
  EXPECT_FALSE(why(one, parked).has_value());
}

TEST_F(dispatcher_test, the_limit_is_kept_and_the_rest_starts_later) {
  const auto id = run();
  add(id, {"a"});
  add(id, {"b"});
  EXPECT_EQ(decide(0).size(), 0u);
  EXPECT_EQ(decide(1).size(), 1u);
  EXPECT_EQ(decide().size(), 1u);
}

TEST_F(dispatcher_test, a_removed_run_is_forgotten_but_its_commands_still_count) {
  const auto id = run();
  const auto other = run();
  const auto flying = add(id, {"a"});
  EXPECT_EQ(decide(), started{flying});
  add(id, {"b"});
  who_next.remove_run(id);
  const auto next = add(other, {"a"});
  EXPECT_TRUE(decide().empty());
  who_next.ended(flying, 1s, now);
  EXPECT_EQ(decide(), started{next});
  EXPECT_EQ(who_next.nodes_with_work(), std::vector<model::node_address>{"a"});
}

TEST_F(dispatcher_test, an_adopted_segment_keeps_its_nodes_busy) {
  const auto id = run();
  const model::segment_id orphan(ids.next(wall));
  who_next.adopt(id, orphan, {"a"}, now);
  const auto segment = add(id, {"a"});
  EXPECT_TRUE(decide().empty());
  EXPECT_EQ(who_next.activity(id, now).in_flight, 1u);
  who_next.ended(orphan, 1s, now);
  EXPECT_EQ(decide(), started{segment});
}

TEST_F(dispatcher_test, nodes_that_swap_addresses_stay_busy_under_their_new_ones) {
  const auto id = run();
  const auto flying = add(id, {"a"});
  EXPECT_EQ(decide(), started{flying});
  open("b");
  who_next.rename({{"a", "b"}, {"b", "a"}});
  EXPECT_EQ(who_next.busy("b"), 1);
  EXPECT_EQ(who_next.busy("a"), 0);
  const auto next = add(id, {"b"});
  EXPECT_TRUE(decide().empty());
  who_next.ended(flying, 1s, now);
  EXPECT_EQ(decide(), started{next});
}

TEST_F(dispatcher_test, several_commands_per_node_start_when_that_is_allowed) {
  who_next = dispatcher{2};
  const auto id = run();
  for (int index = 0; index < 3; ++index) add(id, {"a", "b"});
  EXPECT_EQ(decide().size(), 2u);
}

TEST_F(dispatcher_test, every_segment_starts_once_and_none_is_forgotten) {
  const auto id = run();
  std::set<model::segment_id> open_segments;
  std::uint64_t random = 1;
  const auto pick = [&random](unsigned below) {
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<unsigned>(random >> 33U) % below;
  };
  for (int index = 0; index < 3000; ++index) {
    std::set<model::node_address> nodes;
    while (nodes.size() < 3) nodes.insert("n" + std::to_string(pick(20)));
    open_segments.insert(add(id, {nodes.begin(), nodes.end()}));
  }
  std::vector<model::segment_id> flying;
  while (!open_segments.empty() || !flying.empty()) {
    for (const auto& start : who_next.decide(now, no_limit)) {
      ASSERT_EQ(open_segments.erase(start.segment), 1u);
      for (const auto& node : start.nodes) ASSERT_EQ(who_next.busy(node), 1);
      flying.push_back(start.segment);
    }
    ASSERT_FALSE(flying.empty());
    const auto index = pick(static_cast<unsigned>(flying.size()));
    who_next.ended(flying[index], 1s, now += 1s);
    flying.erase(flying.begin() + index);
  }
}

TEST_F(dispatcher_test, names_the_next_of_each_group_first) {
  const auto id = run();
  const auto first = add(id, {"a", "b"});
  const auto second = add(id, {"a", "b"});
  const auto other = add(id, {"b", "c"});
  const auto third = add(id, {"a", "b"});
  EXPECT_EQ(who_next.next_open(id, 100), (started{first, other, second, third}));
  EXPECT_EQ(who_next.next_open(id, 2), (started{first, other}));
  ASSERT_EQ(decide(), started{first});
  EXPECT_EQ(who_next.next_open(id, 100), (started{second, other, third}));
  EXPECT_TRUE(who_next.next_open(run(), 100).empty());
}

TEST_F(dispatcher_test, what_is_forgotten_neither_starts_nor_counts) {
  const auto id = run();
  const auto first = add(id, {"a", "b"});
  const auto second = add(id, {"a", "b"});
  const auto third = add(id, {"a", "b"});
  const auto other = add(id, {"a", "c"});
  ASSERT_EQ(decide(), started{first});
  // What is in flight, or not there, stays as it is.
  EXPECT_EQ(who_next.forget(id, {first, second, model::segment_id(ids.next(wall))}),
            started{second});
  EXPECT_EQ(who_next.activity(id, now).open, 2u);
  EXPECT_EQ(who_next.activity(id, now).in_flight, 1u);
  EXPECT_FALSE(why(id, second));
  EXPECT_EQ(who_next.forget(id, {other}), started{other});
  who_next.ended(first, 1s, now);
  EXPECT_EQ(decide(), started{third});
  who_next.ended(third, 1s, now);
  EXPECT_TRUE(decide().empty());
  EXPECT_TRUE(who_next.nodes_with_work().empty());
}

TEST_F(dispatcher_test, knows_whether_something_waits_for_other_things_than_held_nodes) {
  const auto id = run();
  EXPECT_FALSE(who_next.has_unheld(id, now));
  add(id, {"a", "b"});
  add(id, {"a", "c"});
  who_next.hold(id, "b", now + 5s);
  EXPECT_TRUE(who_next.has_unheld(id, now));
  who_next.hold(id, "c", now + 10s);
  EXPECT_FALSE(who_next.has_unheld(id, now));
  EXPECT_TRUE(who_next.has_unheld(id, now + 5s));
}

}  // namespace
}  // namespace helenus::repair
