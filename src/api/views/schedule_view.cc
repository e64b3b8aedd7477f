#include "api/views/schedule_view.h"

#include "api/views/run_view.h"
#include "api/views/time_view.h"

namespace helenus::api {

void write_schedule(json_writer& out, const storage::schedule_summary& shown) {
  const auto& [schedule, unit] = shown;
  out.begin_object();
  out.key("id").text(schedule.id.value().to_string());
  out.key("owner").text(schedule.owner);
  out.key("cluster_name").text(unit.cluster_name);
  out.key("keyspace_name").text(unit.keyspace);
  write_list(out.key("column_families"), unit.tables);
  out.key("state").text(model::to_string(schedule.state));
  out.key("creation_time").text(to_iso(schedule.creation_time));
  out.key("next_activation").text(to_iso(schedule.next_activation));
  write_iso(out.key("pause_time"), schedule.pause_time);
  out.key("intensity").number(shown_intensity(schedule.intensity));
  out.key("incremental_repair").flag(unit.incremental);
  out.key("subrange_incremental_repair").flag(unit.subrange_incremental);
  out.key("repair_parallelism").text(model::to_string(schedule.parallelism));
  out.key("scheduled_days_between").integer(schedule.days_between);
  write_list(out.key("nodes"), unit.nodes);
  write_list(out.key("datacenters"), unit.datacenters);
  write_list(out.key("blacklisted_tables"), unit.excluded_tables);
  out.key("segment_count_per_node").integer(schedule.segment_count_per_node);
  out.key("repair_thread_count").integer(unit.repair_thread_count);
  out.key("repair_unit_id").text(unit.id.value().to_string());
  out.key("segment_timeout").integer(unit.timeout.count());
  out.key("adaptive").flag(schedule.adaptive);
  out.key("percent_unrepaired_threshold")
      .integer(schedule.percent_unrepaired_threshold.value_or(-1));
  out.end_object();
}

}  // namespace helenus::api
