#include "api/views/run_view.h"

#include "api/views/time_view.h"

#include <cmath>

namespace helenus::api {

using model::run_state;

namespace {

void write_duration(json_writer& out, const model::repair_run& run, model::wall_time now) {
  const bool goes_on = run.state == run_state::running || run.state == run_state::paused;
  if (!run.start_time || (!goes_on && !run.end_time)) {
    out.null();
  } else {
    out.text(to_words((goes_on ? now : *run.end_time) - *run.start_time));
  }
}

void write_times(json_writer& out, const repair::run_report& report, model::wall_time now) {
  const auto& run = report.run;
  out.key("creation_time").text(to_iso(run.creation_time));
  write_iso(out.key("start_time"), run.start_time);
  write_iso(out.key("end_time"), run.end_time);
  write_iso(out.key("pause_time"), run.pause_time);
  out.key("current_time").text(to_iso(now));
  write_duration(out.key("duration"), run, now);
  write_iso(out.key("estimated_time_of_arrival"), estimated_arrival(report, now));
}

void write_unit(json_writer& out, const model::repair_unit& unit) {
  write_list(out.key("blacklisted_tables"), unit.excluded_tables);
  write_list(out.key("nodes"), unit.nodes);
  write_list(out.key("datacenters"), unit.datacenters);
  out.key("incremental_repair").flag(unit.incremental);
  out.key("subrange_incremental_repair").flag(unit.subrange_incremental);
  out.key("repair_thread_count").integer(unit.repair_thread_count);
  out.key("repair_unit_id").text(unit.id.value().to_string());
  out.key("segment_timeout").integer(unit.timeout.count());
}

std::string last_event(const repair::run_report& report) {
  const auto& run = report.run;
  if (report.waiting && run.state == run_state::running) return waiting_sentence(*report.waiting);
  return run.last_event.empty() ? "no events" : run.last_event;
}

}  // namespace

double shown_intensity(double intensity) {
  return static_cast<double>(static_cast<float>(std::round(intensity * 10000.0)) / 10000.0F);
}

std::optional<model::wall_time> estimated_arrival(const repair::run_report& report,
                                                  model::wall_time now) {
  const auto& run = report.run;
  const bool given_up = run.state == run_state::error || run.state == run_state::aborted ||
                        run.state == run_state::deleted;
  if (!run.start_time || report.counts.done <= 0 || given_up) return std::nullopt;
  const auto passed = std::max(std::chrono::milliseconds(0), now - *run.start_time);
  const auto per_segment = passed.count() / report.counts.done;
  const auto left = std::max(0, run.segment_count - report.counts.done);
  return now + std::chrono::milliseconds(per_segment * left);
}

void write_run(json_writer& out, const repair::run_report& report, model::wall_time now,
               members wanted) {
  const auto& run = report.run;
  out.begin_object();
  out.key("id").text(run.id.value().to_string());
  out.key("cause").text(run.cause);
  out.key("owner").text(run.owner);
  out.key("cluster_name").text(run.cluster_name);
  out.key("keyspace_name").text(report.unit.keyspace);
  write_list(out.key("column_families"), run.tables);
  out.key("state").text(model::to_string(run.state));
  write_times(out, report, now);
  out.key("intensity").number(shown_intensity(run.intensity));
  out.key("repair_parallelism").text(model::to_string(run.parallelism));
  out.key("total_segments").integer(run.segment_count);
  out.key("segments_repaired").integer(report.counts.done);
  out.key("last_event").text(last_event(report));
  write_unit(out, report.unit);
  out.key("adaptive_schedule").flag(run.adaptive_schedule);
  if (wanted == members::with_waiting && report.waiting)
    write_waiting(out.key("waiting"), *report.waiting, time_style::iso);
  out.end_object();
}

}  // namespace helenus::api
