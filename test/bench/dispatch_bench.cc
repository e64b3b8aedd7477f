// Goal: 100 and 300 nodes with 16 tokens each, RF 3, equal segments: the wall time of a run is at
// most 1.10 times the busy time of the busiest node. Virtual time; what counts is the counter.

#include "simulation/world.h"

#include <benchmark/benchmark.h>

namespace helenus {
namespace {

void keep_nodes_busy(benchmark::State& state) {
  using namespace std::chrono_literals;
  for (auto _ : state) {
    test::fake_cluster_options options;
    options.layout.datacenters = {{"dc1", static_cast<int>(state.range(0)), 1}};
    options.repair_time = test::takes(20s);
    test::world here(options);
    here.boot();
    auto what = here.request();
    what.segments_per_node = static_cast<int>(state.range(1));
    const auto began = here.clock().now();
    const auto id = here.start(what);
    const auto end = here.run_to_end(id, 24h * 30);
    const auto seconds = [](base::clock::duration length) {
      return std::chrono::duration<double>(length).count();
    };
    state.counters["wall_per_busy"] =
        seconds(here.clock().now() - began) / seconds(here.cassandra().longest_busy_time());
    state.counters["segments"] = here.report(id).counts.total;
    if (end != model::run_state::done || !here.wrong().empty()) {
      state.SkipWithError(("not done, or not exactly once: " + here.wrong()).c_str());
    }
  }
}
BENCHMARK(keep_nodes_busy)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->Args({100, 16})
    ->Args({100, 64})
    ->Args({300, 16})
    ->Args({300, 64});

}  // namespace
}  // namespace helenus
