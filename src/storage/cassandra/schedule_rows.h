#pragma once

#include "cql/row.h"
#include "model/repair_schedule.h"
#include "storage/cassandra/requests.h"

#include <cstdint>
#include <optional>
#include <string>

namespace helenus::storage::cassandra {

/// What of a schedule changes, as it stands in repair_schedule_v1: the condition of the next write.
struct schedule_mark {
  std::optional<std::string> state;
  std::optional<std::string> owner;
  std::optional<std::string> parallelism;
  std::optional<std::int32_t> days_between;
  std::optional<std::int32_t> segment_count_per_node;
  std::optional<std::int32_t> percent_unrepaired_threshold;
  std::optional<model::wall_time> next_activation;
  std::optional<model::wall_time> pause_time;
  std::optional<double> intensity;
  std::optional<bool> adaptive;
  std::optional<base::uuid> last_run;
  friend bool operator==(const schedule_mark&, const schedule_mark&) = default;
};
/// As it is written for the schedule.
schedule_mark mark_of(const model::repair_schedule& schedule);

/// Columns that schedule_from() reads.
inline constexpr const char* schedule_columns =
    "id, repair_unit_id, creation_time, state, owner, repair_parallelism, days_between, "
    "segment_count_per_node, percent_unrepaired_threshold, next_activation, pause_time, intensity, "
    "adaptive, last_run";

/// A schedule as it was read, without its version.
struct read_schedule {
  model::repair_schedule schedule;
  schedule_mark mark;
};
/// Columns that Reaper reads leniently are read as it does. Errors: corrupt, which names the
/// schedule.
result<read_schedule> schedule_from(const cql::row& row);

/// For INSERT INTO repair_schedule_v1 with the columns of insert_schedule.
inline constexpr const char* insert_schedule =
    " (id, repair_unit_id, creation_time, state, owner, repair_parallelism, days_between, "
    "segment_count_per_node, percent_unrepaired_threshold, next_activation, pause_time, intensity, "
    "adaptive, last_run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
values inserted(const model::repair_schedule& schedule);

/// For UPDATE repair_schedule_v1 with update_schedule: the new mark, the id, the old mark.
inline constexpr const char* update_schedule =
    " SET state = ?, owner = ?, repair_parallelism = ?, days_between = ?, segment_count_per_node = "
    "?, percent_unrepaired_threshold = ?, next_activation = ?, pause_time = ?, intensity = ?, "
    "adaptive = ?, last_run = ?";
/// For this and for DELETE FROM repair_schedule_v1: the id, the mark.
inline constexpr const char* schedule_condition =
    " WHERE id = ? IF state = ? AND owner = ? AND repair_parallelism = ? AND days_between = ? AND "
    "segment_count_per_node = ? AND percent_unrepaired_threshold = ? AND next_activation = ? AND "
    "pause_time = ? AND intensity = ? AND adaptive = ? AND last_run = ?";
values updated(const model::repair_schedule& schedule, const schedule_mark& seen);
values deleted(model::schedule_id id, const schedule_mark& seen);

}  // namespace helenus::storage::cassandra
