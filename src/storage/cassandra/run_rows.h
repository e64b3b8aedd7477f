#pragma once

#include "cql/row.h"
#include "model/repair_run.h"
#include "model/repair_unit.h"
#include "storage/cassandra/requests.h"

#include <cstdint>
#include <optional>
#include <string>

namespace helenus::storage::cassandra {

/// What of a run changes, as it stands in the static columns of repair_run: the condition of the
/// next write. Its tables are not part of it: nobody changes them once it is planned.
struct run_mark {
  std::optional<std::string> state;
  std::optional<std::string> last_event;
  std::optional<std::string> cause;
  std::optional<std::string> owner;
  std::optional<std::string> parallelism;
  std::optional<model::wall_time> start_time;
  std::optional<model::wall_time> end_time;
  std::optional<model::wall_time> pause_time;
  std::optional<double> intensity;
  std::optional<bool> adaptive;
  friend bool operator==(const run_mark&, const run_mark&) = default;
};
run_mark mark_of(const model::repair_run& run);

/// Columns that run_from() reads.
inline constexpr const char* run_columns =
    "id, cluster_name, repair_unit_id, cause, owner, state, creation_time, start_time, end_time, "
    "pause_time, intensity, last_event, segment_count, repair_parallelism, tables, "
    "adaptive_schedule";

/// A run as it was read, without its version.
struct read_run {
  model::repair_run run;
  run_mark mark;
};
/// Nothing when there is none: a partition without a state is no run, or no longer one.
/// Errors: corrupt, which names the run.
result<std::optional<read_run>> run_from(const cql::row& row);

/// For INSERT INTO repair_run with the columns of insert_run.
inline constexpr const char* insert_run =
    " (id, cluster_name, repair_unit_id, cause, owner, state, creation_time, start_time, end_time, "
    "pause_time, intensity, last_event, segment_count, repair_parallelism, tables, "
    "adaptive_schedule) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
values inserted(const model::repair_run& run);

inline constexpr const char* run_condition =
    " WHERE id = ? IF state = ? AND last_event = ? AND cause = ? AND owner = ? AND "
    "repair_parallelism = ? AND start_time = ? AND end_time = ? AND pause_time = ? AND intensity = "
    "? AND adaptive_schedule = ?";
/// For UPDATE repair_run with update_run and run_condition: the new mark, tables, the old mark.
inline constexpr const char* update_run =
    " SET state = ?, last_event = ?, cause = ?, owner = ?, repair_parallelism = ?, start_time = ?, "
    "end_time = ?, pause_time = ?, intensity = ?, adaptive_schedule = ?, tables = ?";
values updated(const model::repair_run& run, const run_mark& seen);
/// For DELETE ... FROM repair_run with these columns and run_condition: it is a run no more.
inline constexpr const char* delete_run =
    "cluster_name, repair_unit_id, cause, owner, state, creation_time, start_time, end_time, "
    "pause_time, intensity, last_event, segment_count, repair_parallelism, tables, "
    "adaptive_schedule";
values deleted(model::run_id id, const run_mark& seen);

/// Columns that unit_from() reads.
inline constexpr const char* unit_columns =
    "id, cluster_name, keyspace_name, column_families, blacklisted_tables, nodes, \"datacenters\", "
    "incremental_repair, subrange_incremental, repair_thread_count, timeout";
/// Errors: corrupt, which names the unit.
result<model::repair_unit> unit_from(const cql::row& row);
inline constexpr const char* insert_unit =
    " (id, cluster_name, keyspace_name, column_families, blacklisted_tables, nodes, "
    "\"datacenters\", incremental_repair, subrange_incremental, repair_thread_count, timeout) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
values inserted(const model::repair_unit& unit);

}  // namespace helenus::storage::cassandra
