#include "storage/sqlite/segment_rows.h"

#include "storage/row_rules.h"
#include "storage/sqlite/columns.h"

namespace helenus::storage::sqlite {
namespace {

std::optional<model::wall_time> optional_time(const rows& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return time_from(row.integer(column));
}

result<std::optional<model::command_reference>> command_of(const rows& row, int first) {
  if (row.is_null(first)) return std::optional<model::command_reference>{};
  TRY(coordinator, uuid_from(row.bytes(first)));
  return std::optional(model::command_reference{model::host_id(coordinator),
                                                static_cast<std::int32_t>(row.integer(first + 1)),
                                                time_from(row.integer(first + 2))});
}

/// A command as columns: all empty without one.
struct command_columns {
  explicit command_columns(const std::optional<model::command_reference>& command) {
    if (!command) return;
    coordinator = column_of(command->coordinator);
    number = command->number;
    jvm_start = column_of(command->jvm_start);
  }
  std::optional<helenus::sqlite::blob> coordinator;
  std::optional<std::int64_t> number;
  std::optional<std::int64_t> jvm_start;
};

std::optional<std::string> node_address(const model::repair_segment& segment) {
  if (!segment.node) return std::nullopt;
  return segment.coordinator.value_or(segment.node->address);
}

}  // namespace

result<keyed_segment> segment_of(const rows& row, model::run_id run, replica_set_reader& replicas) {
  model::repair_segment segment;
  segment.run = run;
  TRY(id, uuid_from(row.bytes(0)));
  segment.id = model::segment_id(id);
  segment.stored = row.integer(1);
  if (row.integer(2) < 0 || row.integer(2) > 3) {
    return damaged("a state of a segment", std::to_string(row.integer(2)));
  }
  segment.state = static_cast<model::segment_state>(row.integer(2));
  segment.fail_count = static_cast<int>(row.integer(3));
  TRY(set, replicas.find(row.integer(4)));
  segment.replicas = std::move(set);
  segment.start_time = optional_time(row, 5);
  segment.end_time = optional_time(row, 6);
  segment.next_attempt = optional_time(row, 7);
  if (!row.is_null(8)) segment.coordinator = std::string(row.text(8));
  TRY(command, command_of(row, 9));
  segment.command = command;
  segment.last_error = row.text(12);
  TRY(ranges, ranges_from(row.text(13)));
  segment.ranges = std::move(ranges);
  if (!row.is_null(15)) {
    TRY(node, uuid_from(row.bytes(15)));
    segment.node = model::whole_node{model::host_id(node), std::string(row.text(16))};
  }
  if (auto valid = check(segment); !valid) return damaged("a segment", valid.error().message());
  return keyed_segment{row.integer(14), std::move(segment)};
}

result<void> insert_segments(connection& db, std::int64_t run,
                             const std::vector<model::repair_segment>& segments) {
  TRY(sets, replica_set_writer::after_stored(db, run));
  for (const auto& segment : segments) {
    const command_columns command(segment.command);
    std::optional<helenus::sqlite::blob> node;
    if (segment.node) node = column_of(segment.node->id);
    TRY(set, sets.number_of(segment.replicas));
    TRY_VOID(db.change(
        "INSERT INTO segment (id, run, version, state, fail_count, replica_set, start_time, "
        "end_time, next_attempt, coordinator, command_coordinator, command_number, "
        "command_jvm_start, last_error, ranges, node, node_address) VALUES (?, ?, 1, ?, ?, ?, ?, "
        "?, "
        "?, ?, ?, ?, ?, ?, ?, ?, ?)",
        column_of(segment.id), run, static_cast<int>(segment.state), segment.fail_count, set,
        column_of(segment.start_time), column_of(segment.end_time), column_of(segment.next_attempt),
        segment.coordinator, command.coordinator, command.number, command.jvm_start,
        segment.last_error, column_of(segment.ranges), node, node_address(segment)));
  }
  return {};
}

result<void> update_segment(connection& db, std::int64_t key, const model::repair_segment& next,
                            model::version version) {
  const command_columns command(next.command);
  TRY_VOID(db.change(
      "UPDATE segment SET version = ?, state = ?, fail_count = ?, start_time = ?, end_time = ?, "
      "next_attempt = ?, coordinator = ?, command_coordinator = ?, command_number = ?, "
      "command_jvm_start = ?, last_error = ?, node_address = ? WHERE key = ?",
      version, static_cast<int>(next.state), next.fail_count, column_of(next.start_time),
      column_of(next.end_time), column_of(next.next_attempt), next.coordinator, command.coordinator,
      command.number, command.jvm_start, next.last_error, node_address(next), key));
  return {};
}

}  // namespace helenus::storage::sqlite
