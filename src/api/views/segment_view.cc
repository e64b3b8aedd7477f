#include "api/views/segment_view.h"

#include "api/views/time_view.h"

namespace helenus::api {
namespace {

void write_range(json_writer& out, const model::token_range& range) {
  out.begin_object();
  out.key("start").digits(range.start.to_string());
  out.key("end").digits(range.end.to_string());
  out.end_object();
}

void write_replicas(json_writer& out, const model::replica_set& replicas) {
  out.begin_object();
  if (replicas) {
    for (const auto& replica : *replicas) out.key(replica.address).text(replica.datacenter);
  }
  out.end_object();
}

void write_ranges(json_writer& out, const model::repair_segment& segment) {
  out.begin_object();
  out.key("baseRange");
  segment.ranges.empty() ? out.null() : (write_range(out, segment.ranges.front()), out);
  out.key("tokenRanges").begin_array();
  for (const auto& range : segment.ranges) write_range(out, range);
  out.end_array();
  write_replicas(out.key("replicas"), segment.replicas);
  out.end_object();
}

}  // namespace

void write_segment(json_writer& out, const repair::segment_report& report,
                   const model::repair_run& run, members wanted) {
  const auto& segment = report.segment;
  out.begin_object();
  out.key("id").text(segment.id.value().to_string());
  out.key("runId").text(segment.run.value().to_string());
  out.key("repairUnitId").text(run.unit.value().to_string());
  write_ranges(out.key("tokenRange"), segment);
  out.key("failCount").integer(segment.fail_count);
  out.key("state").text(model::to_string(segment.state));
  out.key("coordinatorHost");
  // A whole node is known by its address before it coordinates.
  const auto node = segment.node ? segment.node->address : model::node_address();
  const auto coordinator = segment.coordinator.value_or(node);
  coordinator.empty() ? out.null() : out.text(coordinator);
  write_epoch(out.key("startTime"), segment.start_time);
  write_epoch(out.key("endTime"), segment.end_time);
  write_replicas(out.key("replicas"), segment.replicas);
  out.key("hostID");
  segment.node ? out.text(segment.node->id.value().to_string()) : out.null();
  if (wanted == members::with_waiting) {
    if (!segment.last_error.empty()) out.key("lastError").text(segment.last_error);
    if (report.waiting) write_waiting(out.key("waiting"), *report.waiting, time_style::epoch);
  }
  out.end_object();
}

}  // namespace helenus::api
