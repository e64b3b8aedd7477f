#include "storage/cassandra/run_rows.h"

#include "storage/cassandra/columns.h"
#include "storage/errc.h"
#include "storage/row_rules.h"

#include <algorithm>
#include <set>

namespace helenus::storage::cassandra {
namespace {

using names = std::set<std::string>;

template <class Names>
names name_column(const Names& from) {
  names column;
  for (const auto& name : from) column.insert(text_column(name));
  return column;
}

names names_from(const names& column) {
  names read;
  for (const auto& name : column) read.insert(text_from(name));
  return read;
}

result<run_mark> read_mark(const cql::row& row) {
  run_mark mark;
  TRY_VOID(row.get("state", mark.state));
  TRY_VOID(row.get("last_event", mark.last_event));
  TRY_VOID(row.get("cause", mark.cause));
  TRY_VOID(row.get("owner", mark.owner));
  TRY_VOID(row.get("repair_parallelism", mark.parallelism));
  TRY_VOID(row.get("start_time", mark.start_time));
  TRY_VOID(row.get("end_time", mark.end_time));
  TRY_VOID(row.get("pause_time", mark.pause_time));
  TRY_VOID(row.get("intensity", mark.intensity));
  TRY_VOID(row.get("adaptive_schedule", mark.adaptive));
  return mark;
}

result<read_run> read_all(const cql::row& row, model::run_id id) {
  TRY(mark, read_mark(row));
  read_run read;
  auto& run = read.run;
  run.id = id;
  auto state = model::parse_run_state(*mark.state);
  if (!state) return damaged("a state of a run", *mark.state);
  run.state = *state;
  TRY(cluster_name, row.get<std::string>("cluster_name"));
  run.cluster_name = text_from(cluster_name);
  TRY(unit, row.get<base::uuid>("repair_unit_id"));
  run.unit = model::unit_id(unit);
  TRY_VOID(row.get("creation_time", run.creation_time));
  TRY(segment_count, row.get<std::optional<std::int32_t>>("segment_count"));
  run.segment_count = segment_count.value_or(0);
  TRY(tables, row.get<names>("tables"));
  for (const auto& name : names_from(tables)) run.tables.push_back(name);
  run.cause = text_from(mark.cause.value_or(""));
  run.owner = text_from(mark.owner.value_or(""));
  run.last_event = text_from(mark.last_event.value_or(""));
  run.parallelism = parallelism_from(mark.parallelism.value_or(""));
  run.intensity = mark.intensity.value_or(0);
  run.adaptive_schedule = mark.adaptive.value_or(false);
  run.start_time = mark.start_time;
  run.end_time = mark.end_time;
  run.pause_time = mark.pause_time;
  TRY_VOID(check(run));
  read.mark = std::move(mark);
  return read;
}

result<model::repair_unit> read_unit(const cql::row& row, model::unit_id id) {
  model::repair_unit unit;
  unit.id = id;
  TRY(cluster_name, row.get<std::string>("cluster_name"));
  unit.cluster_name = text_from(cluster_name);
  TRY(keyspace, row.get<std::string>("keyspace_name"));
  unit.keyspace = text_from(keyspace);
  TRY(tables, row.get<names>("column_families"));
  unit.tables = names_from(tables);
  TRY(excluded, row.get<names>("blacklisted_tables"));
  unit.excluded_tables = names_from(excluded);
  TRY(nodes, row.get<names>("nodes"));
  unit.nodes = names_from(nodes);
  TRY(datacenters, row.get<names>("datacenters"));
  unit.datacenters = names_from(datacenters);
  TRY(incremental, row.get<std::optional<bool>>("incremental_repair"));
  unit.incremental = incremental.value_or(false);
  TRY(subrange, row.get<std::optional<bool>>("subrange_incremental"));
  unit.subrange_incremental = subrange.value_or(false);
  // 0 is how Reaper reads a row from before there was this column; Cassandra takes 1 to 4.
  TRY(threads, row.get<std::optional<std::int32_t>>("repair_thread_count"));
  unit.repair_thread_count = std::clamp(threads.value_or(1), 1, 4);
  TRY(timeout, row.get<std::optional<std::int32_t>>("timeout"));
  if (timeout && *timeout > 0) unit.timeout = std::chrono::minutes(*timeout);
  TRY_VOID(check(unit));
  return unit;
}

void append(values& to, const run_mark& mark) {
  to.emplace_back(mark.state);
  to.emplace_back(mark.last_event);
  to.emplace_back(mark.cause);
  to.emplace_back(mark.owner);
  to.emplace_back(mark.parallelism);
  to.emplace_back(mark.start_time);
  to.emplace_back(mark.end_time);
  to.emplace_back(mark.pause_time);
  to.emplace_back(mark.intensity);
  to.emplace_back(mark.adaptive);
}

}  // namespace

run_mark mark_of(const model::repair_run& run) {
  run_mark mark;
  mark.state = std::string(model::to_string(run.state));
  mark.last_event = text_column(run.last_event);
  mark.cause = text_column(run.cause);
  mark.owner = text_column(run.owner);
  mark.parallelism = std::string(parallelism_column(run.parallelism));
  mark.start_time = run.start_time;
  mark.end_time = run.end_time;
  mark.pause_time = run.pause_time;
  mark.intensity = run.intensity;
  mark.adaptive = run.adaptive_schedule;
  return mark;
}

result<std::optional<read_run>> run_from(const cql::row& row) {
  if (!row.has("state")) return std::optional<read_run>{};
  TRY(id, row.get<base::uuid>("id"));
  auto read = read_all(row, model::run_id(id));
  if (!read) return of_row("run", id, std::move(read).error());
  return std::optional(std::move(*read));
}

values inserted(const model::repair_run& run) {
  const auto mark = mark_of(run);
  return {run.id.value(),
          text_column(run.cluster_name),
          run.unit.value(),
          mark.cause,
          mark.owner,
          mark.state,
          run.creation_time,
          mark.start_time,
          mark.end_time,
          mark.pause_time,
          mark.intensity,
          mark.last_event,
          std::int32_t{run.segment_count},
          mark.parallelism,
          name_column(run.tables),
          mark.adaptive};
}

values updated(const model::repair_run& run, const run_mark& seen) {
  values with;
  append(with, mark_of(run));
  with.emplace_back(name_column(run.tables));
  with.emplace_back(run.id.value());
  append(with, seen);
  return with;
}

values deleted(model::run_id id, const run_mark& seen) {
  values with{id.value()};
  append(with, seen);
  return with;
}

result<model::repair_unit> unit_from(const cql::row& row) {
  TRY(id, row.get<base::uuid>("id"));
  auto unit = read_unit(row, model::unit_id(id));
  if (!unit) return of_row("unit", id, std::move(unit).error());
  return unit;
}

values inserted(const model::repair_unit& unit) {
  return {unit.id.value(),
          text_column(unit.cluster_name),
          text_column(unit.keyspace),
          name_column(unit.tables),
          name_column(unit.excluded_tables),
          name_column(unit.nodes),
          name_column(unit.datacenters),
          unit.incremental,
          unit.subrange_incremental,
          std::int32_t{unit.repair_thread_count},
          static_cast<std::int32_t>(unit.timeout.count())};
}

}  // namespace helenus::storage::cassandra
