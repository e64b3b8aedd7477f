#include "storage/errc.h"
#include "storage/row_rules.h"
#include "storage/sqlite/columns.h"
#include "storage/sqlite/run_rows.h"
#include "storage/sqlite/segment_rows.h"
#include "storage/sqlite/tables.h"

#include <algorithm>
#include <limits>

namespace helenus::storage::sqlite {
namespace {

constexpr std::string_view select_listed =
    "SELECT " HELENUS_RUN_COLUMNS ", " HELENUS_UNIT_COLUMNS ", " HELENUS_COUNT_COLUMNS
    " FROM run r JOIN unit u ON u.key = r.unit "
    "WHERE (?1 IS NULL OR u.cluster = ?1) AND (?2 IS NULL OR u.keyspace = ?2) "
    "AND (?3 IS NULL OR u.id = ?3) "
    "AND (?4 IS NULL OR r.state IN (SELECT value FROM json_each(?4))) "
    "ORDER BY r.id_time DESC, r.id DESC LIMIT ?5";

/// Calls `use(rows)` for every run that the filter lets pass.
template <class Use>
result<void> each_listed(connection& db, const run_filter& filter, Use use) {
  std::optional<std::string> states;
  if (!filter.states.empty()) {
    std::vector<std::string> names;
    names.reserve(filter.states.size());
    for (const auto state : filter.states) names.emplace_back(model::to_string(state));
    states = column_of(names);
  }
  std::optional<helenus::sqlite::blob> unit;
  if (filter.unit) unit = column_of(*filter.unit);
  const auto limit = static_cast<std::int64_t>(
      std::min<std::size_t>(filter.limit, std::numeric_limits<std::int64_t>::max()));
  TRY(running, db.query(select_listed, filter.cluster_name, filter.keyspace, unit, states, limit));
  while (true) {
    TRY(more, running.next());
    if (!more) return {};
    TRY_VOID(use(running));
  }
}

error superseded(model::run_id id) {
  return {storage::errc::superseded, "run " + id.value().to_string() + " changed meanwhile"};
}

result<model::version> update_run(connection& db, const model::repair_run& next) {
  TRY_VOID(check(next));
  TRY(stored, find_run(db, next.id));
  if (stored.run.stored != next.stored) return superseded(next.id);
  TRY_VOID(check_replacement(stored.run, next));
  const model::version version = next.stored + 1;
  TRY_VOID(db.change(
      "UPDATE run SET version = ?, cause = ?, owner = ?, state = ?, start_time = ?, end_time = ?, "
      "pause_time = ?, intensity = ?, parallelism = ?, last_event = ?, tables = ?, "
      "adaptive_schedule = ? WHERE key = ?",
      version, next.cause, next.owner, model::to_string(next.state), column_of(next.start_time),
      column_of(next.end_time), column_of(next.pause_time), next.intensity,
      model::to_string(next.parallelism), next.last_event, column_of(next.tables),
      next.adaptive_schedule, stored.key));
  return version;
}

class run_table final : public run_store {
 public:
  explicit run_table(database& db) : db_(db) {}

  task<void> create(model::repair_unit unit, model::repair_run run,
                    std::vector<model::repair_segment> segments) override {
    return write(db_,
                 [unit = std::move(unit), run = std::move(run),
                  segments = std::move(segments)](connection& db) -> result<void> {
                   TRY_VOID(check_creation(unit, run, segments));
                   TRY_VOID(cluster_exists(db, run.cluster_name));
                   TRY_VOID(store_unit(db, unit));
                   segment_counts counts;
                   for (const auto& segment : segments)
                     counts.add(segment.state, segment.fail_count);
                   TRY(key, insert_run(db, run, counts));
                   return insert_segments(db, key, segments);
                 });
  }

  task<model::repair_run> find(model::run_id id) override {
    return read(db_, [id](connection& db) -> result<model::repair_run> {
      TRY(found, find_run(db, id));
      return std::move(found.run);
    });
  }

  task<std::vector<model::repair_run>> list(run_filter filter) override {
    return read(
        db_,
        [filter = std::move(filter)](connection& db) -> result<std::vector<model::repair_run>> {
          std::vector<model::repair_run> listed;
          TRY_VOID(each_listed(db, filter, [&listed](const rows& row) -> result<void> {
            TRY(run, run_of(row, 0));
            listed.push_back(std::move(run));
            return {};
          }));
          return listed;
        });
  }

  task<std::vector<run_summary>> summaries(run_filter filter) override {
    return read(db_,
                [filter = std::move(filter)](connection& db) -> result<std::vector<run_summary>> {
                  std::vector<run_summary> listed;
                  TRY_VOID(each_listed(db, filter, [&listed](const rows& row) -> result<void> {
                    TRY(run, run_of(row, 0));
                    TRY(unit, unit_of(row, run_column_count));
                    listed.push_back({std::move(run), std::move(unit),
                                      counts_of(row, run_column_count + unit_column_count)});
                    return {};
                  }));
                  return listed;
                });
  }

  task<model::version> replace(model::repair_run next) override {
    return write(db_, [next = std::move(next)](connection& db) { return update_run(db, next); });
  }

  task<void> remove(model::run_id id, model::version seen) override {
    return write(db_, [id, seen](connection& db) -> result<void> {
      TRY(stored, find_run(db, id));
      if (stored.run.stored != seen) return superseded(id);
      TRY_VOID(db.change("DELETE FROM run WHERE key = ?", stored.key));
      return {};
    });
  }

  task<model::repair_unit> find_unit(model::unit_id id) override {
    return read(db_, [id](connection& db) -> result<model::repair_unit> {
      TRY(found, sqlite::find_unit(db, id));
      if (!found) return error{storage::errc::not_found, "no unit " + id.value().to_string()};
      return std::move(*found);
    });
  }

  task<std::optional<model::repair_unit>> find_same_unit(model::repair_unit unit) override {
    return read(
        db_, [unit = std::move(unit)](connection& db) -> result<std::optional<model::repair_unit>> {
          TRY(running, db.query("SELECT " HELENUS_UNIT_COLUMNS " FROM unit u "
                                "WHERE u.cluster = ? AND u.keyspace = ?",
                                unit.cluster_name, unit.keyspace));
          while (true) {
            TRY(more, running.next());
            if (!more) return std::optional<model::repair_unit>{};
            TRY(stored, unit_of(running, 0));
            if (stored.same_content(unit)) return std::optional(std::move(stored));
          }
        });
  }

  task<segment_counts> counts(model::run_id id) override {
    return read(db_, [id](connection& db) -> result<segment_counts> {
      TRY(found, find_run(db, id));
      return found.counts;
    });
  }

 private:
  database& db_;
};

}  // namespace

std::unique_ptr<run_store> make_run_table(database& db) { return std::make_unique<run_table>(db); }

}  // namespace helenus::storage::sqlite
