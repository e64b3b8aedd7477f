// Incremental runs whose segments are whole nodes, as Cassandra Reaper plans them.
#include "fleet.h"
#include "repair/errc.h"
#include "world.h"

#include <algorithm>

namespace helenus::test {
namespace {

using model::run_state;
using model::segment_state;
using model::waiting_for;

fake_cluster_options six_nodes(std::string release = "5.0.9") {
  fake_cluster_options options;
  options.layout.datacenters.front().nodes = 6;
  options.layout.tokens_per_node = 4;
  options.layout.release_version = std::move(release);
  return options;
}

fake_cluster_options three_slow_nodes(test::duration each) {
  auto options = six_nodes();
  options.layout.datacenters.front().nodes = 3;
  options.repair_time = takes(each);
  return options;
}

/// A run that Reaper has planned in the same storage, not started.
template <class Here>
model::run_id planned_by_reaper(Here& here) {
  base::uuid_source ids(3);
  const auto now = here.clock().wall_now();
  model::repair_unit unit;
  unit.id = model::unit_id(ids.next(now));
  unit.cluster_name = here.cassandra().registration().name;
  unit.keyspace = "shop";
  unit.incremental = true;
  model::repair_run run;
  run.id = model::run_id(ids.next(now));
  run.unit = unit.id;
  run.cluster_name = unit.cluster_name;
  run.creation_time = now;
  run.intensity = 1;
  run.tables = {"customers", "orders", "visits"};
  run.parallelism = model::repair_parallelism::sequential;
  std::vector<model::repair_segment> segments;
  for (const auto& node : here.cassandra().ring().nodes) {
    model::repair_segment segment;
    segment.id = model::segment_id(ids.next(now));
    segment.run = run.id;
    segment.ranges = {{model::token(0), model::token(100)}};
    segment.replicas = std::make_shared<const std::vector<model::replica>>();
    segment.node = model::whole_node{*node.id, node.address};
    segments.push_back(std::move(segment));
  }
  run.segment_count = static_cast<int>(segments.size());
  EXPECT_TRUE(here.run(here.storage().runs().create(unit, run, std::move(segments))));
  return run.id;
}

/// What Reaper stores of a segment.
void put(world& here, model::repair_segment row, segment_state state) {
  row.state = state;
  row.coordinator = row.node->address;
  row.start_time = here.clock().wall_now();
  if (state == segment_state::done) row.end_time = here.clock().wall_now();
  EXPECT_TRUE(here.run(here.storage().segments().replace(std::move(row))));
}

/// Each node was told once to repair all that it replicates, incrementally and in parallel.
void expect_each_node_once(fake_cluster& cassandra) {
  const auto ring = *cassandra.keyspace_ring("shop");
  for (std::size_t index = 0; index < cassandra.size(); ++index) {
    const auto& node = cassandra.node(index);
    const auto owned = std::ranges::count_if(ring.ranges, [&](const model::replica_range& each) {
      return std::ranges::any_of(
          *each.replicas, [&](const auto& replica) { return replica.address == node.address(); });
    });
    ASSERT_EQ(node.commands().size(), 1U) << node.address();
    const auto& request = node.commands().front()->request;
    EXPECT_TRUE(request.incremental);
    EXPECT_EQ(request.parallelism, model::repair_parallelism::parallel);
    EXPECT_EQ(request.ranges.size(), static_cast<std::size_t>(owned));
  }
}

TEST(whole_node_simulation, each_node_is_told_once_to_repair_all_that_it_replicates) {
  world here(six_nodes());
  here.boot();
  const auto id = planned_by_reaper(here);
  ASSERT_TRUE(here.run(here.engine().start(id)));
  EXPECT_EQ(here.run_to_end(id, 1h), run_state::done);
  EXPECT_EQ(here.wrong(false), "");
  expect_each_node_once(here.cassandra());
  for (const auto& each : here.segments(id)) {
    EXPECT_EQ(each.segment.coordinator, each.segment.node->address);
  }
}

TEST(whole_node_simulation, a_node_with_another_address_is_known_by_its_host_id) {
  world here(six_nodes());
  here.boot();
  const auto id = planned_by_reaper(here);
  const auto before = here.cassandra().node(2).address();
  const auto address = here.cassandra().change_address(before);
  ASSERT_TRUE(here.run(here.engine().start(id)));
  EXPECT_EQ(here.run_to_end(id, 1h), run_state::done);
  EXPECT_EQ(here.wrong(false), "");
  const auto all = here.segments(id);
  const auto is_there = [&address](const auto& each) {
    return each.segment.coordinator == address;
  };
  EXPECT_EQ(std::ranges::count_if(all, is_there), 1);
}

TEST(whole_node_simulation, one_that_fails_is_tried_again_by_itself) {
  world here(six_nodes());
  here.boot();
  const auto id = planned_by_reaper(here);
  here.cassandra().node(1).inject(fault::fail);
  ASSERT_TRUE(here.run(here.engine().start(id)));
  EXPECT_EQ(here.run_to_end(id, 2h), run_state::done);
  EXPECT_EQ(here.wrong(false), "");
  EXPECT_EQ(here.cassandra().node(1).commands().size(), 2U);
}

TEST(whole_node_simulation, a_node_that_left_waits_by_name) {
  world here(six_nodes());
  here.boot();
  const auto id = planned_by_reaper(here);
  here.cassandra().remove_node(here.cassandra().node(4).address());
  ASSERT_TRUE(here.run(here.engine().start(id)));
  here.pass(1h);
  const auto shown = here.report(id);
  EXPECT_EQ(shown.counts.done, 5);
  ASSERT_TRUE(shown.waiting.has_value());
  EXPECT_EQ(shown.waiting->what, waiting_for::topology_change);
  EXPECT_EQ(here.cassandra().violations(), std::vector<std::string>());
}

TEST(whole_node_simulation, nobody_rests_from_a_command_that_is_not_found) {
  world here(six_nodes());
  here.boot();
  const auto id = planned_by_reaper(here);
  put(here, here.segments(id).front().segment, segment_state::started);
  ASSERT_TRUE(here.run(here.engine().set_intensity(id, 0.02)));
  ASSERT_TRUE(here.run(here.engine().start(id)));
  here.pass(2min);
  EXPECT_TRUE(here.cassandra().calls().contains("start_repair"));
}

TEST(whole_node_simulation, no_other_begins_while_it_is_read_who_has_taken_one) {
  world here(six_nodes());
  here.boot();
  const auto id = planned_by_reaper(here);
  for (std::size_t index = 0; index < here.cassandra().size(); ++index) {
    here.cassandra().node(index).inject(fault::slow_start);
  }
  ASSERT_TRUE(here.run(here.engine().start(id)));
  here.pass(10s);
  const auto all = here.segments(id);
  const auto claimed = std::ranges::find_if(
      all, [](const auto& each) { return each.segment.state == segment_state::started; });
  ASSERT_NE(claimed, all.end());
  put(here, claimed->segment,
      segment_state::started);  // somebody else, before its command is known
  EXPECT_EQ(here.run_to_end(id, 10h), run_state::done);
  EXPECT_EQ(here.wrong(false), "");
}

TEST(whole_node_simulation, after_a_crash_the_command_that_runs_is_gone_on_with) {
  world here(six_nodes());
  here.boot();
  const auto id = planned_by_reaper(here);
  ASSERT_TRUE(here.run(here.engine().start(id)));
  here.pass(10s);
  here.crash();
  here.boot();
  EXPECT_EQ(here.run_to_end(id, 1h), run_state::done);
  EXPECT_EQ(here.wrong(false), "");
  expect_each_node_once(here.cassandra());
}

TEST(whole_node_simulation, sidecars_repair_one_node_at_a_time_each_its_own) {
  fleet all(fleet_kind::sidecars, six_nodes());
  all.boot_all();
  const auto id = planned_by_reaper(all);
  ASSERT_TRUE(all.run(all.engine(0).start(id)));
  std::size_t most = 0;
  for (int look = 0; look < 60; ++look) {
    all.pass(7s);
    const auto segments = all.segments(id);
    most = std::max(
        most, static_cast<std::size_t>(std::ranges::count_if(segments, [](const auto& segment) {
          return segment.state == segment_state::started || segment.state == segment_state::running;
        })));
  }
  EXPECT_EQ(most, 1U);
  EXPECT_EQ(all.run_to_end(id, 1h), run_state::done);
  EXPECT_EQ(all.wrong(false), "");
  expect_each_node_once(all.cassandra());
}

TEST(whole_node_simulation, what_reaper_repairs_under_its_lease_is_left_to_it_until_that_ends) {
  fleet all(fleet_kind::equals, six_nodes());
  all.boot_all();
  const auto id = planned_by_reaper(all);
  const storage::instance reaper{*base::uuid::parse("10000000-0000-11f0-8000-00000000000a"), "r"};
  auto row = all.segments(id).front();
  ASSERT_TRUE(
      all.run(all.storage().leases()->take(reaper, {id, row.id, {storage::whole_run}}, {}, {}))
          ->taken);
  row.state = segment_state::started;
  row.coordinator = row.node->address;
  row.start_time = all.clock().wall_now();
  ASSERT_TRUE(all.run(all.storage().segments().replace(row)));
  ASSERT_TRUE(all.run(all.engine(0).start(id)));
  all.pass(80s);
  EXPECT_FALSE(all.cassandra().calls().contains("start_repair"));
  EXPECT_EQ(all.segments(id).front().state, segment_state::started);
  EXPECT_EQ(all.run_to_end(id, 2h), run_state::done);
  EXPECT_EQ(all.wrong(false), "");
  expect_each_node_once(all.cassandra());
}

TEST(whole_node_simulation, a_command_that_another_instance_follows_is_not_stopped_by_who_wakes) {
  auto options = six_nodes();
  options.repair_time = takes(20min);
  fleet all(fleet_kind::equals, options);
  all.boot(0);
  const auto id = planned_by_reaper(all);
  ASSERT_TRUE(all.run(all.engine(0).start(id)));
  all.pass(30s);
  all.stand_still(0);
  all.pass(2min);
  all.boot(1);
  all.pass(5min);
  all.go_on(0);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.cassandra().command_counts()[command_end::failed], 0);
  EXPECT_EQ(all.wrong(false), "");
  expect_each_node_once(all.cassandra());
}

std::size_t in_flight(const std::vector<model::repair_segment>& rows) {
  return static_cast<std::size_t>(std::ranges::count_if(rows, [](const auto& row) {
    return row.state == segment_state::started || row.state == segment_state::running;
  }));
}

/// How many were in flight at most, until the run ended.
std::size_t most_at_once(fleet& all, model::run_id id, base::clock::duration limit) {
  std::size_t most = 0;
  const auto end = all.clock().now() + limit;
  while (all.stored(id).state != run_state::done && all.clock().now() < end) {
    all.pass(5s);
    most = std::max(most, in_flight(all.segments(id)));
  }
  return most;
}

/// Also one that knew the run before the command began.
TEST(whole_node_simulation, what_a_killed_instance_left_is_gone_on_with_before_another_begins) {
  fleet all(fleet_kind::equals, three_slow_nodes(10min));
  all.boot_all();
  const auto id = planned_by_reaper(all);
  ASSERT_TRUE(all.run(all.engine(0).start(id)));
  all.pass(1min);
  const auto lease = *all.run(all.storage().leases()->held(id));
  ASSERT_EQ(lease.size(), 1U);
  all.crash(all.instance_with(lease.front().holder));
  EXPECT_EQ(most_at_once(all, id, 24h), 1U);
  EXPECT_EQ(all.stored(id).state, run_state::done);
  EXPECT_EQ(all.wrong(false), "");
  expect_each_node_once(all.cassandra());
}

/// A sidecar whose node is being repaired, in a run that Reaper planned, is killed for good.
struct lost_sidecar {
  explicit lost_sidecar(fake_cluster_options options = six_nodes())
      : all(fleet_kind::sidecars, std::move(options)) {
    all.boot_all();
    id = planned_by_reaper(all);
    EXPECT_TRUE(all.run(all.engine(0).start(id)));
    all.pass(10s);
    const auto rows = all.segments(id);
    const auto under_way =
        std::ranges::find_if(rows, [](const auto& row) { return row.coordinator.has_value(); });
    HELENUS_ASSERT(under_way != rows.end());
    segment = under_way->id;
    node = under_way->node->address;
    while (all.cassandra().node(index).address() != node) ++index;
    all.crash(index);
  }
  repair::repair_service& other() { return all.engine((index + 1) % all.size()); }
  model::repair_segment row() { return *all.run(all.storage().segments().find(id, segment)); }

  fleet all;
  model::run_id id;
  model::segment_id segment;
  model::node_address node;
  std::size_t index = 0;
};

TEST(whole_node_simulation, one_whose_sidecar_never_comes_back_waits_by_name_and_can_be_given_up) {
  lost_sidecar here;
  here.all.pass(45min);  // five of waiting, the others, and a quarter of an hour until it is looked
  EXPECT_EQ(here.row().state, segment_state::running);
  const auto shown = here.all.run(here.other().find(here.id));
  ASSERT_TRUE(shown && shown->waiting);
  EXPECT_EQ(shown->counts.done, 5);
  EXPECT_EQ(shown->waiting->what, waiting_for::other_instance);
  EXPECT_EQ(shown->waiting->node, here.node);
  EXPECT_NE(shown->waiting->detail.find(here.node), std::string::npos) << shown->waiting->detail;

  ASSERT_TRUE(here.all.run(here.other().abort_segment(here.id, here.segment)));
  EXPECT_EQ(here.row().state, segment_state::not_started);
  here.all.boot(here.index);
  EXPECT_EQ(here.all.run_to_end(here.id, 1h), run_state::done);
}

TEST(whole_node_simulation, no_other_begins_while_a_killed_sidecar_may_come_back) {
  for (const auto away : {5s, 200s}) {
    SCOPED_TRACE("killed for seconds: " + std::to_string(away.count()));
    lost_sidecar here(three_slow_nodes(8min));
    here.all.pass(away);
    EXPECT_EQ(in_flight(here.all.segments(here.id)), 1U);
    here.all.boot(here.index);
    EXPECT_EQ(most_at_once(here.all, here.id, 24h), 1U);
    EXPECT_EQ(here.all.stored(here.id).state, run_state::done);
    EXPECT_EQ(here.all.wrong(false), "");
    expect_each_node_once(here.all.cassandra());
  }
}

TEST(whole_node_simulation, one_whose_sidecar_comes_back_too_late_is_stopped_for_the_next) {
  lost_sidecar here(three_slow_nodes(15min));
  here.all.pass(10min);
  EXPECT_EQ(in_flight(here.all.segments(here.id)), 2U);
  here.all.boot(here.index);
  here.all.pass(3min);
  EXPECT_EQ(here.row().state, segment_state::not_started);
  EXPECT_EQ(most_at_once(here.all, here.id, 24h), 1U);
  EXPECT_EQ(here.all.stored(here.id).state, run_state::done);
  EXPECT_EQ(here.all.cassandra().repaired().never_repaired("shop", {"customers"}), "");
}

TEST(whole_node_simulation, what_is_left_of_an_aborted_run_keeps_it_for_as_long_as_a_lease) {
  lost_sidecar here;
  EXPECT_FALSE(here.all.run(here.other().abort_segment(here.id, here.segment)));
  ASSERT_TRUE(here.all.run(here.other().abort(here.id)));
  const auto refused = here.all.run(here.other().remove(here.id, ""));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, repair::errc::still_running);
  here.all.pass(2min);
  EXPECT_EQ(here.row().state, segment_state::running);
  EXPECT_TRUE(here.all.run(here.other().remove(here.id, "")));
}

TEST(whole_node_simulation, one_whose_node_is_gone_is_put_back_in_line_and_waits_by_name) {
  lost_sidecar here;
  here.all.cassandra().remove_node(here.node);
  here.all.pass(30min);
  EXPECT_EQ(here.row().state, segment_state::not_started);
  const auto shown = here.all.run(here.other().find(here.id));
  ASSERT_TRUE(shown && shown->waiting);
  EXPECT_EQ(shown->counts.done, 5);
  EXPECT_EQ(shown->waiting->what, waiting_for::topology_change);
  ASSERT_TRUE(here.all.run(here.other().abort(here.id)));
  here.all.pass(20s);
  EXPECT_TRUE(here.all.run(here.other().remove(here.id, "")));
}

TEST(whole_node_simulation, one_whose_node_is_gone_waits_without_haste_while_another_is_repaired) {
  auto options = six_nodes();
  // So many that the two seldom have a range in common: a repair fails with its replica.
  options.layout.datacenters = {{"dc1", 8, 1}, {"dc2", 8, 1}};
  options.layout.tokens_per_node = 1;
  options.keyspaces.front().copies = {{"dc1", 1}, {"dc2", 1}};
  options.repair_time = takes(20min);
  fleet all(fleet_kind::regional, options);
  all.boot_all();
  all.storage_takes(5ms);
  const auto id = planned_by_reaper(all);
  ASSERT_TRUE(all.run(all.engine(0).start(id)));
  all.pass(10s);
  const auto under_way = [&] {
    auto rows = all.segments(id);
    std::erase_if(rows, [](const auto& row) { return !row.coordinator.has_value(); });
    return rows;
  };
  ASSERT_EQ(under_way().size(), 1U);
  const auto node = under_way().front().node->address;
  all.crash(node < "10.2" ? 0 : 1);
  all.pass(8min);  // its own instance may come back for five
  ASSERT_EQ(under_way().size(), 2U) << "nobody repairs another one under the lease of the run";
  all.cassandra().remove_node(node);
  all.pass(1min);
  const auto times_read = [&all] { return all.traffic().by_call().at("runs.find").statements; };
  const auto before = times_read();
  all.pass(2min);
  EXPECT_LE(times_read() - before, 20U);
}

TEST(whole_node_simulation, those_of_an_old_cassandra_are_left_to_reaper_and_its_run_ends_with_it) {
  world here(six_nodes("3.11.19"));
  here.boot();
  const auto id = planned_by_reaper(here);
  ASSERT_TRUE(here.run(here.engine().start(id)));
  const auto before = here.segments(id);
  put(here, before[0].segment, segment_state::started);
  here.pass(3h);
  const auto shown = here.report(id);
  EXPECT_EQ(shown.run.state, run_state::running);
  ASSERT_TRUE(shown.waiting.has_value());
  EXPECT_EQ(shown.waiting->what, waiting_for::whole_node);
  const auto after = here.segments(id);
  EXPECT_EQ(after[0].segment.state, segment_state::started);
  EXPECT_EQ(after[0].segment.fail_count, 0);
  ASSERT_TRUE(after[1].waiting.has_value());
  EXPECT_EQ(after[1].waiting->what, waiting_for::whole_node);
  EXPECT_NE(after[1].waiting->detail.find(after[1].segment.node->address), std::string::npos);
  EXPECT_FALSE(here.cassandra().calls().contains("start_repair"));

  for (const auto& each : after) put(here, each.segment, segment_state::done);
  EXPECT_EQ(here.run_to_end(id, 3min), run_state::done);
}

TEST(whole_node_simulation, a_run_of_them_can_be_paused_aborted_and_removed) {
  world here(six_nodes());
  here.boot();
  const auto id = planned_by_reaper(here);
  ASSERT_TRUE(here.run(here.engine().start(id)));
  here.pass(10s);
  ASSERT_TRUE(here.run(here.engine().pause(id)));
  here.pass(1min);
  EXPECT_EQ(here.report(id).waiting->what, waiting_for::run_paused);
  EXPECT_EQ(here.report(id).counts.running, 0);
  ASSERT_TRUE(here.run(here.engine().resume(id)));
  here.pass(10s);
  ASSERT_TRUE(here.run(here.engine().abort(id)));
  here.pass(1min);
  EXPECT_TRUE(here.run(here.engine().remove(id, "")));
}

/// Also while the ring is asked what the next node is to repair.
TEST(whole_node_simulation, it_can_be_paused_at_any_moment) {
  for (auto moment = 70s; moment < 100s; moment += 2s) {
    SCOPED_TRACE("paused after seconds: " + std::to_string(moment.count()));
    world here(six_nodes());
    here.boot();
    const auto id = planned_by_reaper(here);
    ASSERT_TRUE(here.run(here.engine().start(id)));
    for (std::size_t index = 0; index < here.cassandra().size(); ++index) {
      here.cassandra().node(index).slow_calls(5s);
    }
    here.pass(moment);
    ASSERT_TRUE(here.run(here.engine().pause(id)));
    here.pass(15s);
    EXPECT_EQ(here.report(id).counts.running, 0);
    EXPECT_EQ(here.cassandra().command_counts()[command_end::none], 0);
  }
}

}  // namespace
}  // namespace helenus::test
