#pragma once

#include "model/repair_run.h"
#include "model/repair_unit.h"
#include "sqlite/connection.h"
#include "storage/run_store.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace helenus::storage::sqlite {

using helenus::sqlite::connection;
using helenus::sqlite::rows;

/// The columns that run_of(), unit_of() and counts_of() read, in their order, of the tables `r`
/// (run) and `u` (unit). As macros, because statements are literals.
#define HELENUS_RUN_COLUMNS                                                                    \
  "r.id, u.id, u.cluster, r.cause, r.owner, r.state, r.creation_time, r.start_time, "          \
  "r.end_time, r.pause_time, r.intensity, r.parallelism, r.last_event, r.segments, r.tables, " \
  "r.adaptive_schedule, r.version"
#define HELENUS_UNIT_COLUMNS                                                           \
  "u.id, u.cluster, u.keyspace, u.tables, u.excluded_tables, u.nodes, u.datacenters, " \
  "u.incremental, u.subrange_incremental, u.repair_thread_count, u.timeout_minutes"
#define HELENUS_COUNT_COLUMNS \
  "r.segments, r.segments_done, r.segments_running, r.segments_failed_before"
inline constexpr int run_column_count = 17;
inline constexpr int unit_column_count = 11;

/// Reads a row's columns from `first` on. corrupt when it breaks a rule of its type.
result<model::repair_run> run_of(const rows& row, int first);
result<model::repair_unit> unit_of(const rows& row, int first);
segment_counts counts_of(const rows& row, int first);

/// A run together with the key that other tables know it by.
struct keyed_run {
  std::int64_t key;
  model::repair_run run;
  segment_counts counts;
};
/// not_found when there is none.
result<keyed_run> find_run(connection& db, model::run_id id);
result<std::int64_t> find_run_key(connection& db, model::run_id id);
result<std::optional<model::repair_unit>> find_unit(connection& db, model::unit_id id);

/// not_found when it is not registered.
result<void> cluster_exists(connection& db, const std::string& name);
/// Writes the unit unless it is there; conflict when it is there with other content.
result<void> store_unit(connection& db, const model::repair_unit& unit);
/// Inserts the run. Returns its key.
result<std::int64_t> insert_run(connection& db, const model::repair_run& run,
                                const segment_counts& counts);
result<void> update_counts(connection& db, std::int64_t run, const segment_counts& counts);

}  // namespace helenus::storage::sqlite
