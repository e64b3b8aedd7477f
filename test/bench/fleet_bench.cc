// What a fleet of sidecars asks of storage, all instances together: 100 nodes with one beside each,
// RF 3, one run of 7,245 segments (64 for each node), in virtual time. counted_storage.h says what
// a call costs.
#include "simulation/fleet.h"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>

namespace helenus::test {
namespace {

constexpr int nodes = 100;
constexpr int segments_per_node = 64;
constexpr auto segment_time = 30s;
/// As in Cassandra, the next segment begins while the end of the last is still being stored.
constexpr auto storage_time = 5ms;
/// Until what follows a change is over.
constexpr auto settling = 30min;
constexpr auto measured = 2h;

fake_cluster_options hundred_nodes() {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", nodes, 1}};
  options.layout.tokens_per_node = 16;
  options.keyspaces.front().tables.resize(1);
  options.repair_time = takes(segment_time);
  return options;
}

/// What was asked since it was made.
class meter {
 public:
  explicit meter(fleet& all)
      : all_(all), begin_(all.clock().now()), before_(all.traffic().by_call()) {}

  storage_traffic asked(bool with_segments_only = false) const {
    storage_traffic sum;
    for (const auto& [call, now] : all_.traffic().by_call()) {
      if (with_segments_only && !counted_storage::comes_with_segments(call)) continue;
      sum += one(call, now);
    }
    return sum;
  }
  double seconds() const {
    return std::chrono::duration<double>(all_.clock().now() - begin_).count();
  }
  /// Each call, for people.
  void tell() const {
    if (!std::getenv("HELENUS_TRAFFIC")) return;
    for (const auto& [call, now] : all_.traffic().by_call()) {
      const auto asked = one(call, now);
      std::fprintf(stderr, "%-24s %10lu statements %10lu rows\n", call.c_str(), asked.statements,
                   asked.rows);
    }
  }

 private:
  storage_traffic one(const std::string& call, const storage_traffic& now) const {
    const auto found = before_.find(call);
    const auto before = found == before_.end() ? storage_traffic{} : found->second;
    return {now.statements - before.statements, now.rows - before.rows};
  }

  fleet& all_;
  base::clock::time_point begin_;
  counted_storage::traffic_by_call before_;
};

void report(benchmark::State& state, const meter& seen) {
  seen.tell();
  state.counters["rows/s"] = static_cast<double>(seen.asked().rows) / seen.seconds();
  state.counters["statements/s"] = static_cast<double>(seen.asked().statements) / seen.seconds();
}

void sidecars_without_a_run(benchmark::State& state) {
  for (auto _ : state) {
    fleet all(fleet_kind::sidecars, hundred_nodes());
    all.storage_takes(storage_time);
    all.boot_all();
    all.pass(settling);
    const meter seen(all);
    all.pass(measured);
    report(state, seen);
  }
}
BENCHMARK(sidecars_without_a_run)->Iterations(1)->Unit(benchmark::kSecond);

void sidecars_of_a_paused_run(benchmark::State& state) {
  for (auto _ : state) {
    fleet all(fleet_kind::sidecars, hundred_nodes());
    all.storage_takes(storage_time);
    all.boot_all();
    const auto id = all.start(segments_per_node);
    all.pass(5min);
    if (!all.run(all.engine(1).pause(id))) state.SkipWithError("it was not paused");
    all.pass(settling);
    const meter seen(all);
    all.pass(measured);
    report(state, seen);
    state.counters["segments"] = all.stored(id).segment_count;
  }
}
BENCHMARK(sidecars_of_a_paused_run)->Iterations(1)->Unit(benchmark::kSecond);

int done(fleet& all, model::run_id id) {
  const auto counts = all.run(all.storage().runs().counts(id));
  return counts ? counts->done : 0;
}

/// One node is down: its segments are left, and everybody waits for it.
void sidecars_at_work_and_then_waiting(benchmark::State& state) {
  for (auto _ : state) {
    fleet all(fleet_kind::sidecars, hundred_nodes());
    all.storage_takes(storage_time);
    all.boot_all();
    const auto id = all.start(segments_per_node);
    all.pass(1min);
    all.cassandra().node(nodes - 1).kill();
    const meter working(all);
    const int before = done(all, id);
    int last = before;
    double seconds = 0;
    while (working.seconds() < seconds + 600) {
      all.pass(10s);
      if (const int now = done(all, id); now != last) {
        last = now;
        seconds = working.seconds();
      }
    }
    working.tell();
    state.counters["segments"] = all.stored(id).segment_count;
    state.counters["done"] = last;
    const double repaired = last - before;
    state.counters["statements/segment"] =
        static_cast<double>(working.asked(true).statements) / repaired;
    state.counters["all statements/segment"] =
        static_cast<double>(working.asked().statements) / repaired;
    state.counters["rows/segment"] = static_cast<double>(working.asked().rows) / repaired;
    state.counters["working"] = seconds;
    state.counters["busiest"] =
        std::chrono::duration<double>(all.cassandra().longest_busy_time()).count();
    state.counters["segment time"] = std::chrono::duration<double>(segment_time).count();
    all.pass(settling);
    const meter waiting(all);
    all.pass(measured);
    report(state, waiting);
  }
}
BENCHMARK(sidecars_at_work_and_then_waiting)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace helenus::test
