#include "storage/cassandra/schedule_rows.h"

#include "storage/cassandra/columns.h"
#include "storage/errc.h"
#include "storage/row_rules.h"

namespace helenus::storage::cassandra {
namespace {

// What Reaper writes of a schedule that only the calendar starts; older releases wrote nothing.
constexpr std::int32_t no_threshold = -1;

result<schedule_mark> read_mark(const cql::row& row) {
  schedule_mark mark;
  TRY_VOID(row.get("state", mark.state));
  TRY_VOID(row.get("owner", mark.owner));
  TRY_VOID(row.get("repair_parallelism", mark.parallelism));
  TRY_VOID(row.get("days_between", mark.days_between));
  TRY_VOID(row.get("segment_count_per_node", mark.segment_count_per_node));
  TRY_VOID(row.get("percent_unrepaired_threshold", mark.percent_unrepaired_threshold));
  TRY_VOID(row.get("next_activation", mark.next_activation));
  TRY_VOID(row.get("pause_time", mark.pause_time));
  TRY_VOID(row.get("intensity", mark.intensity));
  TRY_VOID(row.get("adaptive", mark.adaptive));
  TRY_VOID(row.get("last_run", mark.last_run));
  return mark;
}

result<read_schedule> read_all(const cql::row& row, model::schedule_id id) {
  TRY(mark, read_mark(row));
  read_schedule read;
  auto& schedule = read.schedule;
  schedule.id = id;
  TRY(unit, row.get<base::uuid>("repair_unit_id"));
  schedule.unit = model::unit_id(unit);
  TRY_VOID(row.get("creation_time", schedule.creation_time));
  const auto name = mark.state.value_or("");
  auto state = model::parse_schedule_state(name);
  if (!state) return damaged("a state of a schedule", name);
  schedule.state = *state;
  if (!mark.next_activation) return damaged("the next activation of a schedule", "nothing");
  schedule.next_activation = *mark.next_activation;
  schedule.owner = text_from(mark.owner.value_or(""));
  schedule.parallelism = parallelism_from(mark.parallelism.value_or(""));
  schedule.days_between = mark.days_between.value_or(0);
  schedule.segment_count_per_node = mark.segment_count_per_node.value_or(0);
  if (mark.percent_unrepaired_threshold.value_or(no_threshold) >= 0) {
    schedule.percent_unrepaired_threshold = mark.percent_unrepaired_threshold;
  }
  if (schedule.state == model::schedule_state::paused) schedule.pause_time = mark.pause_time;
  schedule.intensity = mark.intensity.value_or(0);
  schedule.adaptive = mark.adaptive.value_or(false);
  if (mark.last_run) schedule.last_run = model::run_id(*mark.last_run);
  TRY_VOID(check(schedule));
  read.mark = std::move(mark);
  return read;
}

void append(values& to, const schedule_mark& mark) {
  to.emplace_back(mark.state);
  to.emplace_back(mark.owner);
  to.emplace_back(mark.parallelism);
  to.emplace_back(mark.days_between);
  to.emplace_back(mark.segment_count_per_node);
  to.emplace_back(mark.percent_unrepaired_threshold);
  to.emplace_back(mark.next_activation);
  to.emplace_back(mark.pause_time);
  to.emplace_back(mark.intensity);
  to.emplace_back(mark.adaptive);
  to.emplace_back(mark.last_run);
}

}  // namespace

schedule_mark mark_of(const model::repair_schedule& schedule) {
  schedule_mark mark;
  mark.state = std::string(model::to_string(schedule.state));
  mark.owner = text_column(schedule.owner);
  mark.parallelism = std::string(parallelism_column(schedule.parallelism));
  mark.days_between = schedule.days_between;
  mark.segment_count_per_node = schedule.segment_count_per_node;
  mark.percent_unrepaired_threshold = schedule.percent_unrepaired_threshold.value_or(no_threshold);
  mark.next_activation = schedule.next_activation;
  mark.pause_time = schedule.pause_time;
  mark.intensity = schedule.intensity;
  mark.adaptive = schedule.adaptive;
  if (schedule.last_run) mark.last_run = schedule.last_run->value();
  return mark;
}

result<read_schedule> schedule_from(const cql::row& row) {
  TRY(id, row.get<base::uuid>("id"));
  auto read = read_all(row, model::schedule_id(id));
  if (!read) return of_row("schedule", id, std::move(read).error());
  return read;
}

values inserted(const model::repair_schedule& schedule) {
  values with{schedule.id.value(), schedule.unit.value(), schedule.creation_time};
  append(with, mark_of(schedule));
  return with;
}

values updated(const model::repair_schedule& schedule, const schedule_mark& seen) {
  values with;
  append(with, mark_of(schedule));
  with.emplace_back(schedule.id.value());
  append(with, seen);
  return with;
}

values deleted(model::schedule_id id, const schedule_mark& seen) {
  values with{id.value()};
  append(with, seen);
  return with;
}

}  // namespace helenus::storage::cassandra
