#pragma once

#include "model/repair_segment.h"
#include "sqlite/connection.h"
#include "storage/sqlite/replica_sets.h"

#include <cstdint>
#include <vector>

namespace helenus::storage::sqlite {

using helenus::sqlite::connection;
using helenus::sqlite::rows;

/// The columns that segment_of() reads, in its order. A macro, because statements are literals.
#define HELENUS_SEGMENT_COLUMNS                                                                    \
  "id, version, state, fail_count, replica_set, start_time, end_time, next_attempt, "              \
  "coordinator, command_coordinator, command_number, command_jvm_start, last_error, ranges, key, " \
  "node, node_address"

/// A segment together with the key of its row.
struct keyed_segment {
  std::int64_t key;
  model::repair_segment segment;
};

/// corrupt when the row breaks a rule of its type.
result<keyed_segment> segment_of(const rows& row, model::run_id run, replica_set_reader& replicas);

/// Adds segments to the end of a run, with version 1.
result<void> insert_segments(connection& db, std::int64_t run,
                             const std::vector<model::repair_segment>& segments);

/// Writes everything of `next` but what it repairs.
result<void> update_segment(connection& db, std::int64_t key, const model::repair_segment& next,
                            model::version version);

}  // namespace helenus::storage::sqlite
