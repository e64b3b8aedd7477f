// Goals: 40 MiB resident with 64,000 stored segments; a list of 1,000 runs within 20 ms; the three
// writes of a segment within the 50 ms from its last event to the next command.

#include "base/task_group.h"
#include "storage/sqlite/backend.h"
#include "support/run.h"

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace helenus {
namespace {

using steady = std::chrono::steady_clock;

double resident_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

double milliseconds(steady::duration length) {
  return std::chrono::duration<double, std::milli>(length).count();
}

/// A file with runs of equal size; every third segment has a replica set of its own.
class filled_storage {
 public:
  filled_storage() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    storage_ = *wait(storage::sqlite::open({.file = folder_ / "helenus.db"}));
    model::cluster cluster;
    cluster.name = unit_.cluster_name = "prod";
    cluster.seed_hosts = {"10.0.0.1"};
    if (!wait(storage_->clusters().save(cluster))) std::abort();
    unit_.id = model::unit_id(ids_.next({}));
    unit_.keyspace = "shop";
  }
  ~filled_storage() {
    storage_.reset();
    std::filesystem::remove_all(folder_);
  }

  template <class Value>
  result<Value> wait(task<Value> work) {
    return test::run_blocking(context_, std::move(work));
  }
  storage::backend& storage() { return *storage_; }
  boost::asio::io_context& context() { return context_; }

  model::run_id create_run(int segments) {
    model::repair_run run;
    run.id = model::run_id(ids_.next({}));
    run.unit = unit_.id;
    run.cluster_name = unit_.cluster_name;
    run.tables = {"orders"};
    run.segment_count = segments;
    std::vector<model::repair_segment> planned(static_cast<std::size_t>(segments));
    for (std::size_t index = 0; index < planned.size(); ++index)
      plan(planned[index], run.id, index);
    if (!wait(storage_->runs().create(unit_, run, std::move(planned)))) std::abort();
    return run.id;
  }

 private:
  void plan(model::repair_segment& segment, model::run_id run, std::size_t index) {
    segment.id = model::segment_id(ids_.next({}));
    segment.run = run;
    const auto start = model::int128{1} * static_cast<long>(index) * 288230376151711LL;
    segment.ranges = {{model::token(start), model::token(start + 288230376151711LL)}};
    if (index % 3 == 0) {
      const auto number = std::to_string(1000 + index);
      replicas_ = std::make_shared<const std::vector<model::replica>>(std::vector<model::replica>{
          {"10.0.1." + number, "dc1"}, {"10.0.2." + number, "dc1"}, {"10.0.3." + number, "dc1"}});
    }
    segment.replicas = replicas_;
  }

  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / "helenus-storage-bench";
  boost::asio::io_context context_;
  base::uuid_source ids_{1};
  model::repair_unit unit_;
  model::replica_set replicas_;
  std::unique_ptr<storage::backend> storage_;
};

void store_64000_segments(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    const auto before = resident_mib();
    filled_storage filled;
    state.ResumeTiming();
    const auto run = filled.create_run(64000);
    state.PauseTiming();
    malloc_trim(0);  // what the plan took is free again, but not given back
    state.counters["stored_MiB"] = resident_mib() - before;
    const auto start = steady::now();
    const auto read = filled.wait(filled.storage().segments().of_run(run));
    state.counters["read_ms"] = milliseconds(steady::now() - start);
    state.counters["with_all_read_MiB"] = resident_mib() - before;
    benchmark::DoNotOptimize(read);
    state.ResumeTiming();
  }
}
BENCHMARK(store_64000_segments)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->MeasureProcessCPUTime();

void list_1000_runs(benchmark::State& state) {
  filled_storage filled;
  for (int run = 0; run < 1000; ++run) filled.create_run(64);
  for (auto _ : state) {
    benchmark::DoNotOptimize(filled.wait(filled.storage().runs().summaries({})));
  }
}
BENCHMARK(list_1000_runs)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

/// Takes a segment through the three writes of its life and notes how long each took.
task<void> repair(storage::segment_store& segments, std::vector<model::repair_segment> work,
                  std::vector<double>& took) {
  for (auto& segment : work) {
    for (const auto next : {model::segment_state::started, model::segment_state::running,
                            model::segment_state::done}) {
      segment.state = next;
      segment.coordinator = "10.0.0.1";
      segment.start_time = model::wall_time(std::chrono::seconds(1));
      segment.command.reset();
      if (next == model::segment_state::running) segment.command = model::command_reference{};
      if (next == model::segment_state::done) segment.end_time = segment.start_time;
      const auto start = steady::now();
      CO_TRY(version, co_await segments.replace(segment));
      took.push_back(milliseconds(steady::now() - start));
      segment.stored = version;
    }
  }
  co_return result<void>{};
}

void write_segments(benchmark::State& state) {
  const auto at_once = static_cast<std::size_t>(state.range(0));
  filled_storage filled;
  std::vector<double> took;
  std::uint64_t commits = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto run = filled.create_run(64000);
    auto all = *filled.wait(filled.storage().segments().of_run(run));
    all.resize(at_once * 20);
    const auto before = filled.storage().counters().transactions;
    state.ResumeTiming();
    const auto work = [&]() -> task<void> {
      base::task_group group(filled.context().get_executor());
      for (std::size_t worker = 0; worker < at_once; ++worker) {
        const auto first = all.begin() + std::ptrdiff_t(worker * 20);
        group.spawn("worker", repair(filled.storage().segments(), {first, first + 20}, took));
      }
      co_return co_await group.join();
    };
    if (!filled.wait(work())) std::abort();
    commits += filled.storage().counters().transactions - before;
  }
  std::sort(took.begin(), took.end());
  state.counters["p50_ms"] = took[took.size() / 2];
  state.counters["p99_ms"] = took[took.size() * 99 / 100];
  state.counters["max_ms"] = took.back();
  state.counters["writes_per_commit"] =
      static_cast<double>(took.size()) / static_cast<double>(commits);
}
BENCHMARK(write_segments)
    ->Unit(benchmark::kMillisecond)
    ->Arg(1)
    ->Arg(10)
    ->Arg(100)
    ->Iterations(3)
    ->MeasureProcessCPUTime();

}  // namespace
}  // namespace helenus
