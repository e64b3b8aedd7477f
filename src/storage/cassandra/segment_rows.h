#pragma once

#include "cql/row.h"
#include "model/repair_segment.h"
#include "storage/cassandra/requests.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace helenus::storage::cassandra {

/// What of a segment's row changes, as it stands in repair_run: the condition of the next write.
struct segment_mark {
  std::optional<std::int32_t> state;
  std::optional<std::int32_t> fail_count;
  std::optional<std::string> coordinator;
  std::optional<model::wall_time> start_time;
  std::optional<model::wall_time> end_time;
  friend bool operator==(const segment_mark&, const segment_mark&) = default;
};
bool is_under_way(const segment_mark& mark);
/// As it is written for the segment.
segment_mark mark_of(const model::repair_segment& segment);

/// What Helenus knows of a segment that has no column in repair_run.
struct segment_extras {
  std::optional<model::wall_time> attempt;  ///< start time of the attempt that `command` is of
  std::optional<model::command_reference> command;
  std::optional<model::wall_time> next_attempt;
  std::string last_error;
  friend bool operator==(const segment_extras&, const segment_extras&) = default;
};
segment_extras extras_of(const model::repair_segment& segment);

/// What this process knows of a stored segment: what stands in its row, and fingerprints of the
/// rest of what readers see.
struct seen_segment {
  segment_mark mark;
  std::size_t ranges = 0;   ///< and the host id of a whole node
  std::size_t command = 0;  ///< 0: none
  std::size_t others = 0;   ///< the extras but the command
  friend bool operator==(const seen_segment&, const seen_segment&) = default;
};
seen_segment seen_of(const model::repair_segment& segment, segment_mark mark);
/// Whether `next` goes on with the attempt that stands in the row, so that its command is all there
/// is to write. The row then stays STARTED: its command, which names the attempt, says that it
/// runs.
bool goes_on_with(const segment_mark& seen, const model::repair_segment& next);

/// Columns that segment_from() reads.
inline constexpr const char* segment_columns =
    "segment_id, start_token, end_token, token_ranges, segment_state, coordinator_host, "
    "segment_start_time, segment_end_time, fail_count, replicas, host_id";
inline constexpr const char* extras_columns =
    "segment_id, attempt, command_host, command_number, jvm_start, next_attempt, last_error, place";

/// Equal replica sets as one object.
class replica_sets {
 public:
  model::replica_set shared(std::map<std::string, std::string> column);

 private:
  std::map<std::map<std::string, std::string>, model::replica_set> known_;
};

/// A segment as it was read, without its version.
struct read_segment {
  model::repair_segment segment;
  segment_mark mark;
};
/// Of a row with a segment. One that is under way is shown as `running` when its command is known,
/// and else as `started`: that is what is known of it. A whole node has a host id, and keeps its
/// address as coordinator while it is not started. Errors: corrupt, which names the segment.
result<read_segment> segment_from(const cql::row& row, model::run_id run,
                                  const segment_extras* extras, replica_sets& replicas);

struct read_extras {
  segment_extras extras;
  std::optional<std::int32_t> place;  ///< in the plan; nothing: segments are in the order of ids
};
result<read_extras> extras_from(const cql::row& row);

/// For INSERT INTO repair_run with the columns of insert_segment.
inline constexpr const char* insert_segment =
    " (id, segment_id, start_token, end_token, token_ranges, segment_state, coordinator_host, "
    "segment_start_time, segment_end_time, fail_count, replicas, host_id) VALUES (?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, ?, ?)";
values inserted(const model::repair_segment& segment);

/// For UPDATE repair_run with the columns of update_segment: the new mark, the key, the old mark.
inline constexpr const char* update_segment =
    " SET segment_state = ?, fail_count = ?, coordinator_host = ?, segment_start_time = ?, "
    "segment_end_time = ? WHERE id = ? AND segment_id = ? IF segment_state = ? AND fail_count = ? "
    "AND coordinator_host = ? AND segment_start_time = ? AND segment_end_time = ?";
values updated(const model::repair_segment& segment, const segment_mark& seen);
inline constexpr const char* delete_segment =
    " WHERE id = ? AND segment_id = ? IF segment_state = ? AND fail_count = ? "
    "AND coordinator_host = ? AND segment_start_time = ? AND segment_end_time = ?";
values deleted(const model::repair_segment& segment, const segment_mark& seen);

/// For INSERT INTO helenus_segment with the columns of insert_command: what is of one attempt. The
/// rest may be of a later one by then.
inline constexpr const char* insert_command =
    " (run_id, segment_id, attempt, command_host, command_number, jvm_start) VALUES (?, ?, ?, ?, "
    "?, ?)";
values inserted_command(const model::repair_segment& segment);
/// For INSERT INTO helenus_segment with the columns of insert_extras.
inline constexpr const char* insert_extras =
    " (run_id, segment_id, attempt, command_host, command_number, jvm_start, next_attempt, "
    "last_error) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
values inserted_extras(const model::repair_segment& segment);

/// Whether the segments are in the order in which Cassandra lists them: by the time of their ids.
bool in_order_of_ids(const std::vector<model::repair_segment>& segments);

}  // namespace helenus::storage::cassandra
