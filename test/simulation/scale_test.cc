// Large clusters: how well the dispatcher fills the nodes, and that nothing is left out.

#include "simulation/world.h"

namespace helenus::test {
namespace {

struct measured {
  double wall_per_busy = 0;
  int segments = 0;
};

measured repair_all(fake_cluster_options options, int segments_per_node) {
  world here(std::move(options));
  here.boot();
  const auto began = here.clock().now();
  auto what = here.request();
  what.segments_per_node = segments_per_node;
  const auto id = here.start(what);
  EXPECT_EQ(here.run_to_end(id, 30 * 24h), model::run_state::done);
  EXPECT_EQ(here.wrong(), "");
  const auto seconds = [](base::clock::duration length) {
    return std::chrono::duration<double>(length).count();
  };
  // The run is looked at once a second.
  return {seconds(here.clock().now() - began) / seconds(here.cassandra().longest_busy_time()),
          here.report(id).counts.total};
}

fake_cluster_options cluster_of(int nodes, int tokens, duration segment) {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", nodes, 1}};
  options.layout.tokens_per_node = tokens;
  options.repair_time = takes(segment);
  return options;
}

// How close to 1 this comes is measured by test/bench/simulation_bench.cc, on larger clusters.
TEST(scale_simulation, nodes_are_kept_busy_and_every_range_is_repaired_once) {
  const auto seen = repair_all(cluster_of(30, 16, 20s), 16);
  EXPECT_LT(seen.wall_per_busy, 1.25);
  RecordProperty("wall_per_busy_percent", static_cast<int>(seen.wall_per_busy * 100));
  RecordProperty("segments", seen.segments);
}

TEST(scale_simulation, coalesced_segments_of_many_vnodes_are_all_repaired) {
  const auto seen = repair_all(cluster_of(4, 256, 2s), 64);
  EXPECT_GT(seen.segments, 0);
  EXPECT_LT(seen.segments, 4 * 256);
}

}  // namespace
}  // namespace helenus::test
