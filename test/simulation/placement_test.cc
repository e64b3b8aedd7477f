// Where a run's segments belong, when the cluster or its keyspaces change under it.
#include "fleet.h"
#include "world.h"

#include <algorithm>

namespace helenus::test {
namespace {

using model::run_state;
using model::waiting_for;

fake_cluster_options two_datacenters() {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", 3, 1}, {"dc2", 3, 1}};
  options.layout.tokens_per_node = 4;
  options.keyspaces.front().copies = {{"dc1", 3}, {"dc2", 3}};
  return options;
}

TEST(placement_simulation, segments_without_replicas_where_wanted_wait_by_name_for_them) {
  world here(two_datacenters());
  here.boot();
  auto request = here.request();
  request.segments_per_node = 4;
  request.datacenters = {"dc2"};
  const auto id = here.start(request);
  here.pass(45s);
  here.cassandra().set_replication("shop", {{"dc1", 3}});
  here.pass(15min);
  const auto commands = here.cassandra().calls().at("start_repair");
  here.pass(1h);
  EXPECT_EQ(here.cassandra().calls().at("start_repair"), commands);
  const auto shown = here.report(id);
  ASSERT_TRUE(shown.waiting.has_value());
  EXPECT_EQ(shown.waiting->what, waiting_for::topology_change);
  EXPECT_NE(shown.waiting->detail.find("no replica in the datacenters to repair"),
            std::string::npos)
      << shown.waiting->detail;
  EXPECT_GT(here.clock().wall_now() - shown.waiting->since, 1h);
  for (const auto& segment : here.segments(id)) {
    if (segment.segment.state == model::segment_state::done) continue;
    ASSERT_TRUE(segment.waiting.has_value());
    EXPECT_EQ(segment.waiting->what, waiting_for::topology_change);
  }
  here.cassandra().set_replication("shop", {{"dc1", 3}, {"dc2", 3}});
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.cassandra().violations(), std::vector<std::string>());
}

TEST(placement_simulation, a_large_run_is_mapped_again_while_its_segments_end_all_the_time) {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", 9, 1}};
  options.layout.tokens_per_node = 16;
  options.repair_time = takes_between(1s, 2s);
  world here(options);
  here.boot();
  auto request = here.request();
  request.segments_per_node = 96;
  request.tables = {"orders"};
  const auto id = here.start(request);
  for (int change = 0; change < 3; ++change) {
    here.pass(1min);
    here.cassandra().add_node("dc1", "rack1");
  }
  here.pass(1min);
  const auto before = here.report(id).counts;
  here.pass(1min);
  const auto after = here.report(id).counts;
  EXPECT_GT(after.done, before.done);
  EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(here.cassandra().repaired().never_repaired("shop", {"orders"}), "");
}

/// A run that is read again may see the new ring before whoever watches it does.
TEST(placement_simulation, nothing_starts_on_former_replicas_while_a_run_is_placed_anew) {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", 9, 1}};
  options.layout.tokens_per_node = 4;
  options.repair_time = takes(3s);
  fleet all(fleet_kind::equals, options, 1);
  all.boot_all();
  const auto id = all.start(12);
  auto& cassandra = all.cassandra();
  for (std::size_t index = 0; index < cassandra.size(); ++index) {
    cassandra.node(index).slow_calls(4s);
  }
  const auto asked = [&] { return cassandra.calls().at("ring"); };
  const auto wait_for_question = [&] {
    for (const auto before = asked(); asked() == before;) all.pass(100ms);
  };
  wait_for_question();  // by the watch, which asks again 36 seconds later
  all.pass(31s);
  cassandra.add_node("dc1", "rack1");
  const auto rows = all.segments(id);
  const auto done =
      std::ranges::find(rows, model::segment_state::done, &model::repair_segment::state);
  ASSERT_NE(done, rows.end());
  const auto before = asked();
  ASSERT_TRUE(all.run(all.engine(0).abort_segment(id, done->id)).has_value());
  all.pass(100ms);
  ASSERT_EQ(asked(), before + 1);
  all.pass(7s);  // for the ring, then its ranges
  all.storage_takes(5s);
  const auto leases = [&] { return all.traffic().by_call().at("leases.take").statements; };
  all.pass(6s);  // a lease that is asked for now is counted five seconds later
  const auto begun = leases();
  all.pass(4s);
  EXPECT_EQ(leases(), begun);
  all.storage_takes(0s);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
}

}  // namespace
}  // namespace helenus::test
