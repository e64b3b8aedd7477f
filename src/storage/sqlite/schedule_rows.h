#pragma once

#include "model/repair_schedule.h"
#include "sqlite/connection.h"

namespace helenus::storage::sqlite {

using helenus::sqlite::connection;
using helenus::sqlite::rows;

/// The columns that schedule_of() reads, in its order, of the tables `s` (schedule) and `u` (unit).
/// A macro, because statements are literals.
#define HELENUS_SCHEDULE_COLUMNS                                                          \
  "s.id, u.id, s.version, s.owner, s.state, s.days_between, s.next_activation, "          \
  "s.creation_time, s.pause_time, s.intensity, s.parallelism, s.segment_count_per_node, " \
  "s.adaptive, s.percent_unrepaired_threshold, s.last_run"
inline constexpr int schedule_column_count = 15;

/// corrupt when the row breaks a rule of its type.
result<model::repair_schedule> schedule_of(const rows& row);
/// not_found when there is none.
result<model::repair_schedule> find_schedule(connection& db, model::schedule_id id);
/// Inserts the schedule of a stored unit, with version 1.
result<void> insert_schedule(connection& db, const model::repair_schedule& schedule);
/// Writes everything of `next` that may change.
result<void> update_schedule(connection& db, const model::repair_schedule& next,
                             model::version version);

}  // namespace helenus::storage::sqlite
