// Goal: a full repair of 1,000 nodes with 256 tokens each, RF 3, is planned within 1 s and 200 MiB.

#include "repair/plan/remap.h"
#include "repair/plan/segment_planner.h"
#include "support/fake_ring.h"

#include <benchmark/benchmark.h>

#include <fstream>
#include <string>

namespace helenus {
namespace {

model::keyspace_ring make_keyspace(int nodes, int tokens) {
  test::ring_layout layout;
  layout.datacenters = {{"dc1", nodes, 3}};
  layout.tokens_per_node = tokens;
  return test::place_keyspace(test::make_ring(layout), {{"dc1", 3}});
}

// "VmHWM" is the largest, "VmRSS" the present resident size of this process, in MiB.
double memory_mib(const std::string& what) {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with(what + ":")) return std::stod(line.substr(what.size() + 1)) / 1024;
  }
  return 0;
}

// Makes VmHWM begin again at VmRSS.
void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

model::repair_unit some_unit() {
  model::repair_unit unit;
  unit.keyspace = "shop";
  return unit;
}

void plan_full_repair(benchmark::State& state) {
  const auto nodes = static_cast<int>(state.range(0));
  const auto tokens = static_cast<int>(state.range(1));
  forget_peak();
  const auto before = memory_mib("VmRSS");
  const auto ring = make_keyspace(nodes, tokens);
  const auto with_ring = memory_mib("VmRSS");
  forget_peak();
  std::size_t segments = 0;
  for (auto _ : state) {
    const auto plan = repair::plan_segments(ring, some_unit(), {});
    segments = plan->segments.size();
  }
  state.counters["segments"] = static_cast<double>(segments);
  state.counters["ring_MiB"] = with_ring - before;
  state.counters["peak_MiB"] = memory_mib("VmHWM");
}
BENCHMARK(plan_full_repair)
    ->Unit(benchmark::kMillisecond)
    ->Args({3, 16})
    ->Args({300, 16})
    ->Args({1000, 16})
    ->Args({1000, 256});

// Every segment of a run after one node joined.
void remap_unfinished_segments(benchmark::State& state) {
  test::ring_layout layout;
  layout.datacenters = {{"dc1", static_cast<int>(state.range(0)), 3}};
  auto ring = test::make_ring(layout);
  const auto before = test::place_keyspace(ring, {{"dc1", 3}});
  std::vector<model::repair_segment> segments;
  const auto plan = *repair::plan_segments(before, some_unit(), {});
  for (const auto& planned : plan.segments) {
    model::repair_segment segment;
    segment.ranges = planned.ranges;
    segment.replicas = planned.replicas;
    segments.push_back(std::move(segment));
  }
  layout.seed = 2;
  ring.nodes.push_back(test::make_ring(layout).nodes.front());
  ring.nodes.back().address = "10.1.200.1";
  test::collect_tokens(ring);
  const auto after = test::place_keyspace(ring, {{"dc1", 3}});
  std::size_t parts = 0;
  for (auto _ : state) {
    parts = 0;
    for (const auto& segment : segments) {
      parts += repair::remap_segment(segment, after, some_unit())->parts.size();
    }
  }
  state.counters["segments"] = static_cast<double>(segments.size());
  state.counters["parts"] = static_cast<double>(parts);
}
BENCHMARK(remap_unfinished_segments)->Unit(benchmark::kMillisecond)->Arg(100)->Arg(1000);

}  // namespace
}  // namespace helenus
