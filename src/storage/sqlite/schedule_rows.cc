#include "storage/sqlite/schedule_rows.h"

#include "storage/errc.h"
#include "storage/row_rules.h"
#include "storage/sqlite/columns.h"

namespace helenus::storage::sqlite {
namespace {

std::optional<helenus::sqlite::blob> run_column(const std::optional<model::run_id>& run) {
  if (!run) return std::nullopt;
  return column_of(*run);
}

std::optional<std::int64_t> number_column(std::optional<int> number) {
  if (!number) return std::nullopt;
  return *number;
}

}  // namespace

result<model::repair_schedule> schedule_of(const rows& row) {
  model::repair_schedule schedule;
  TRY(id, uuid_from(row.bytes(0)));
  schedule.id = model::schedule_id(id);
  TRY(unit, uuid_from(row.bytes(1)));
  schedule.unit = model::unit_id(unit);
  schedule.stored = row.integer(2);
  schedule.owner = row.text(3);
  auto state = model::parse_schedule_state(row.text(4));
  if (!state) return damaged("a state of a schedule", row.text(4));
  schedule.state = *state;
  schedule.days_between = static_cast<int>(row.integer(5));
  schedule.next_activation = time_from(row.integer(6));
  schedule.creation_time = time_from(row.integer(7));
  if (!row.is_null(8)) schedule.pause_time = time_from(row.integer(8));
  schedule.intensity = row.real(9);
  auto parallelism = model::parse_repair_parallelism(row.text(10));
  if (!parallelism) return damaged("a parallelism", row.text(10));
  schedule.parallelism = *parallelism;
  schedule.segment_count_per_node = static_cast<int>(row.integer(11));
  schedule.adaptive = row.integer(12) != 0;
  if (!row.is_null(13)) {
    schedule.percent_unrepaired_threshold = static_cast<int>(row.integer(13));
  }
  if (!row.is_null(14)) {
    TRY(last_run, uuid_from(row.bytes(14)));
    schedule.last_run = model::run_id(last_run);
  }
  if (auto valid = check(schedule); !valid) return damaged("a schedule", valid.error().message());
  return schedule;
}

result<model::repair_schedule> find_schedule(connection& db, model::schedule_id id) {
  TRY(running, db.query("SELECT " HELENUS_SCHEDULE_COLUMNS
                        " FROM schedule s JOIN unit u ON u.key = s.unit WHERE s.id = ?",
                        column_of(id)));
  TRY(there, running.next());
  if (!there) return error{storage::errc::not_found, "no schedule " + id.value().to_string()};
  return schedule_of(running);
}

result<void> insert_schedule(connection& db, const model::repair_schedule& schedule) {
  TRY_VOID(db.change(
      "INSERT INTO schedule (id, id_time, unit, version, owner, state, days_between, "
      "next_activation, creation_time, pause_time, intensity, parallelism, "
      "segment_count_per_node, adaptive, percent_unrepaired_threshold, last_run) VALUES (?, ?, "
      "(SELECT key FROM unit WHERE id = ?), 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      column_of(schedule.id), static_cast<std::int64_t>(schedule.id.value().timestamp()),
      column_of(schedule.unit), schedule.owner, model::to_string(schedule.state),
      schedule.days_between, column_of(schedule.next_activation), column_of(schedule.creation_time),
      column_of(schedule.pause_time), schedule.intensity, model::to_string(schedule.parallelism),
      schedule.segment_count_per_node, schedule.adaptive,
      number_column(schedule.percent_unrepaired_threshold), run_column(schedule.last_run)));
  return {};
}

result<void> update_schedule(connection& db, const model::repair_schedule& next,
                             model::version version) {
  TRY_VOID(db.change(
      "UPDATE schedule SET version = ?, owner = ?, state = ?, days_between = ?, next_activation = "
      "?, pause_time = ?, intensity = ?, parallelism = ?, segment_count_per_node = ?, adaptive = "
      "?, percent_unrepaired_threshold = ?, last_run = ? WHERE id = ?",
      version, next.owner, model::to_string(next.state), next.days_between,
      column_of(next.next_activation), column_of(next.pause_time), next.intensity,
      model::to_string(next.parallelism), next.segment_count_per_node, next.adaptive,
      number_column(next.percent_unrepaired_threshold), run_column(next.last_run),
      column_of(next.id)));
  return {};
}

}  // namespace helenus::storage::sqlite
