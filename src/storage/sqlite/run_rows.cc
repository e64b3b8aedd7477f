#include "storage/sqlite/run_rows.h"

#include "storage/errc.h"
#include "storage/row_rules.h"
#include "storage/sqlite/columns.h"

namespace helenus::storage::sqlite {
namespace {

std::optional<model::wall_time> optional_time(const rows& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return time_from(row.integer(column));
}

result<std::set<std::string>> name_set(std::string_view text) {
  TRY(names, names_from(text));
  return std::set<std::string>(names.begin(), names.end());
}

}  // namespace

result<model::repair_run> run_of(const rows& row, int first) {
  model::repair_run run;
  TRY(id, uuid_from(row.bytes(first)));
  run.id = model::run_id(id);
  TRY(unit, uuid_from(row.bytes(first + 1)));
  run.unit = model::unit_id(unit);
  run.cluster_name = row.text(first + 2);
  run.cause = row.text(first + 3);
  run.owner = row.text(first + 4);
  auto state = model::parse_run_state(row.text(first + 5));
  if (!state) return damaged("a state of a run", row.text(first + 5));
  run.state = *state;
  run.creation_time = time_from(row.integer(first + 6));
  run.start_time = optional_time(row, first + 7);
  run.end_time = optional_time(row, first + 8);
  run.pause_time = optional_time(row, first + 9);
  run.intensity = row.real(first + 10);
  auto parallelism = model::parse_repair_parallelism(row.text(first + 11));
  if (!parallelism) return damaged("a parallelism", row.text(first + 11));
  run.parallelism = *parallelism;
  run.last_event = row.text(first + 12);
  run.segment_count = static_cast<int>(row.integer(first + 13));
  TRY(tables, names_from(row.text(first + 14)));
  run.tables = std::move(tables);
  run.adaptive_schedule = row.integer(first + 15) != 0;
  run.stored = row.integer(first + 16);
  if (auto valid = check(run); !valid) return damaged("a run", valid.error().message());
  return run;
}

result<model::repair_unit> unit_of(const rows& row, int first) {
  model::repair_unit unit;
  TRY(id, uuid_from(row.bytes(first)));
  unit.id = model::unit_id(id);
  unit.cluster_name = row.text(first + 1);
  unit.keyspace = row.text(first + 2);
  TRY(tables, name_set(row.text(first + 3)));
  unit.tables = std::move(tables);
  TRY(excluded, name_set(row.text(first + 4)));
  unit.excluded_tables = std::move(excluded);
  TRY(nodes, name_set(row.text(first + 5)));
  unit.nodes = std::move(nodes);
  TRY(datacenters, name_set(row.text(first + 6)));
  unit.datacenters = std::move(datacenters);
  unit.incremental = row.integer(first + 7) != 0;
  unit.subrange_incremental = row.integer(first + 8) != 0;
  unit.repair_thread_count = static_cast<int>(row.integer(first + 9));
  unit.timeout = std::chrono::minutes(row.integer(first + 10));
  if (auto valid = check(unit); !valid) return damaged("a unit", valid.error().message());
  return unit;
}

segment_counts counts_of(const rows& row, int first) {
  segment_counts counts;
  counts.total = static_cast<int>(row.integer(first));
  counts.done = static_cast<int>(row.integer(first + 1));
  counts.running = static_cast<int>(row.integer(first + 2));
  counts.failed_before = static_cast<int>(row.integer(first + 3));
  return counts;
}

result<keyed_run> find_run(connection& db, model::run_id id) {
  TRY(running, db.query("SELECT r.key, " HELENUS_COUNT_COLUMNS ", " HELENUS_RUN_COLUMNS
                        " FROM run r JOIN unit u ON u.key = r.unit WHERE r.id = ?",
                        column_of(id)));
  TRY(there, running.next());
  if (!there) return error{storage::errc::not_found, "no run " + id.value().to_string()};
  TRY(run, run_of(running, 5));
  return keyed_run{running.integer(0), std::move(run), counts_of(running, 1)};
}

result<std::int64_t> find_run_key(connection& db, model::run_id id) {
  TRY(running, db.query("SELECT key FROM run WHERE id = ?", column_of(id)));
  TRY(there, running.next());
  if (!there) return error{storage::errc::not_found, "no run " + id.value().to_string()};
  return running.integer(0);
}

result<std::optional<model::repair_unit>> find_unit(connection& db, model::unit_id id) {
  TRY(running,
      db.query("SELECT " HELENUS_UNIT_COLUMNS " FROM unit u WHERE u.id = ?", column_of(id)));
  TRY(there, running.next());
  if (!there) return std::optional<model::repair_unit>{};
  TRY(unit, unit_of(running, 0));
  return std::optional(std::move(unit));
}

result<void> cluster_exists(connection& db, const std::string& name) {
  TRY(running, db.query("SELECT 1 FROM cluster WHERE name = ?", name));
  TRY(there, running.next());
  if (!there) {
    return error{storage::errc::not_found, "no cluster '" + name + "' is registered"};
  }
  return {};
}

result<void> store_unit(connection& db, const model::repair_unit& unit) {
  TRY(stored, find_unit(db, unit.id));
  if (stored && *stored == unit) return {};
  if (stored) {
    return error{storage::errc::conflict,
                 "unit " + unit.id.value().to_string() + " is stored with other content"};
  }
  TRY_VOID(db.change(
      "INSERT INTO unit (id, cluster, keyspace, tables, excluded_tables, nodes, datacenters, "
      "incremental, subrange_incremental, repair_thread_count, timeout_minutes) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      column_of(unit.id), unit.cluster_name, unit.keyspace, column_of(unit.tables),
      column_of(unit.excluded_tables), column_of(unit.nodes), column_of(unit.datacenters),
      unit.incremental, unit.subrange_incremental, unit.repair_thread_count,
      std::int64_t{unit.timeout.count()}));
  return {};
}

result<std::int64_t> insert_run(connection& db, const model::repair_run& run,
                                const segment_counts& counts) {
  TRY_VOID(db.change(
      "INSERT INTO run (id, id_time, unit, version, cause, owner, state, creation_time, "
      "start_time, end_time, pause_time, intensity, parallelism, last_event, tables, "
      "adaptive_schedule, segments, segments_done, segments_running, segments_failed_before) "
      "VALUES (?, ?, (SELECT key FROM unit WHERE id = ?), 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?, ?, ?, ?)",
      column_of(run.id), static_cast<std::int64_t>(run.id.value().timestamp()), column_of(run.unit),
      run.cause, run.owner, model::to_string(run.state), column_of(run.creation_time),
      column_of(run.start_time), column_of(run.end_time), column_of(run.pause_time), run.intensity,
      model::to_string(run.parallelism), run.last_event, column_of(run.tables),
      run.adaptive_schedule, counts.total, counts.done, counts.running, counts.failed_before));
  return db.last_key();
}

result<void> update_counts(connection& db, std::int64_t run, const segment_counts& counts) {
  TRY_VOID(
      db.change("UPDATE run SET segments = ?, segments_done = ?, segments_running = ?, "
                "segments_failed_before = ? WHERE key = ?",
                counts.total, counts.done, counts.running, counts.failed_before, run));
  return {};
}

}  // namespace helenus::storage::sqlite
