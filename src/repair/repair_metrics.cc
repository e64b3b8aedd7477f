#include "repair/repair_metrics.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

namespace helenus::repair {
namespace {

std::string runner_name(std::string_view what) {
  return "io_cassandrareaper_service_RepairRunner_" + std::string(what);
}

std::string segment_runner_name(std::string_view what) {
  return "io_cassandrareaper_service_SegmentRunner_" + std::string(what);
}

std::string ended_name(model::run_state how) {
  return "io_cassandrareaper_service_RepairManager_repairDone_" + std::string(to_string(how));
}

constexpr auto stands_still = "helenus_run_stands_still_seconds";

constexpr std::array ends{model::run_state::done, model::run_state::error,
                          model::run_state::aborted};

bool is_kept(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
}

/// As Reaper cleans names.
std::string cleaned(std::string name) {
  std::erase_if(name, [](char letter) { return !is_kept(letter); });
  return name;
}

std::string host_label(std::string address) {
  std::replace(address.begin(), address.end(), '.', '-');
  return cleaned(std::move(address));
}

double seconds(base::clock::duration length) {
  return std::chrono::duration<double>(length).count();
}

}  // namespace

repair_metrics::repair_metrics(metrics::registry& to) : to_(to) {
  for (const auto how : ends) {
    to_.level(ended_name(how), "Runs that ended so");
  }
}

metrics::labels repair_metrics::of_run(const run_facts& run) const {
  return {{"cluster", cleaned(run.cluster_name)}, {"keyspace", cleaned(run.unit.keyspace)}};
}

metrics::labels repair_metrics::of_unit(const run_facts& run) const {
  auto labels = of_run(run);
  labels.emplace("repairid", run.unit.id.value().to_string());
  return labels;
}

metrics::labels repair_metrics::of_host(const run_facts& run, const model::node_address& on) const {
  auto labels = of_run(run);
  labels.emplace("host", host_label(on));
  return labels;
}

void repair_metrics::counted(const run_facts& run, const storage::segment_counts& counts) {
  const auto labels = of_unit(run);
  const double done = counts.done;
  const double total = counts.total;
  to_.level(runner_name("segmentsDone"), "Segments of the run that are done", labels).set(done);
  to_.level(runner_name("segmentsTotal"), "Segments of the run", labels).set(total);
  to_.level(runner_name("repairProgress"), "Share of the run's segments that are done", labels)
      .set(total > 0 ? done / total : 0);
}

void repair_metrics::segment_done(const run_facts& run, base::clock::duration worked) {
  to_.count("helenus_segments_done_total", "Segments repaired", of_run(run)).add();
  to_.count("helenus_segments_done_seconds_total", "Time that segments took to be repaired",
            of_run(run))
      .add(std::max(0.0, seconds(worked)));
}

void repair_metrics::segment_tried(const run_facts& run, const model::node_address& coordinator,
                                   base::clock::duration repairing, base::clock::duration whole) {
  const auto labels = of_host(run, coordinator);
  to_.times(segment_runner_name("repairing"), "Seconds that repair commands took", labels)
      .observe(std::max(0.0, seconds(repairing)));
  to_.times(segment_runner_name("runRepair"), "Seconds that attempts on segments took", labels)
      .observe(std::max(0.0, seconds(whole)));
}

void repair_metrics::segment_failed(const run_facts& run, const model::node_address& coordinator) {
  to_.count("helenus_segments_failed_total", "Attempts to repair a segment that failed",
            of_run(run))
      .add();
  to_.level(segment_runner_name("postpone"), "Segments postponed, by coordinator",
            of_host(run, coordinator))
      .add(1);
}

void repair_metrics::segment_released(const run_facts& run) {
  to_.count("helenus_segments_released_total",
            "Segments given back without having failed: paused, aborted, nobody to ask",
            of_run(run))
      .add();
}

void repair_metrics::run_ended(model::run_state how) {
  to_.level(ended_name(how), "Runs that ended so").add(1);
}

void repair_metrics::run_done(const run_facts& run, base::clock::time_point now) {
  run_ended(model::run_state::done);
  was_done(run, now);
}

void repair_metrics::was_done(const run_facts& run, base::clock::time_point when) {
  auto labels = of_unit(run);
  labels.emplace("runid", labels.at("repairid"));  // as in Reaper
  auto& newest = last_done_.try_emplace(std::move(labels), when).first->second;
  newest = std::max(newest, when);
}

void repair_metrics::waited(const run_facts& run, model::waiting_for what,
                            base::clock::duration length) {
  auto labels = of_run(run);
  labels.emplace("for", std::string(to_string(what)));
  to_.count("helenus_run_waiting_seconds_total", "Time in which nothing of a run moved, by reason",
            labels)
      .add(std::max(0.0, seconds(length)));
}

void repair_metrics::update(const std::vector<run_standing>& runs, base::clock::time_point now) {
  for (const auto& [labels, when] : last_done_) {
    to_.level(runner_name("millisSinceLastRepair"), "Time since the last run of the unit was done",
              labels)
        .set(seconds(now - when) * 1000);
  }
  for (const auto& labels : std::exchange(shown_, {})) to_.remove(stands_still, labels);
  for (const auto& run : runs) {
    shown_.push_back(of_unit(*run.facts));
    to_.level(stands_still, "For how long nothing of a run that is RUNNING has moved",
              shown_.back())
        .set(seconds(run.stands_still));
  }
}

}  // namespace helenus::repair
