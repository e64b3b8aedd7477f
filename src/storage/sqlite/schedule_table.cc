#include "storage/errc.h"
#include "storage/row_rules.h"
#include "storage/sqlite/columns.h"
#include "storage/sqlite/run_rows.h"
#include "storage/sqlite/schedule_rows.h"
#include "storage/sqlite/tables.h"

namespace helenus::storage::sqlite {
namespace {

constexpr std::string_view select_listed =
    "SELECT " HELENUS_SCHEDULE_COLUMNS ", " HELENUS_UNIT_COLUMNS
    " FROM schedule s JOIN unit u ON u.key = s.unit "
    "WHERE (?1 IS NULL OR u.cluster = ?1) AND (?2 IS NULL OR u.keyspace = ?2) "
    "ORDER BY s.id_time, s.id";

result<model::repair_schedule> find_seen(connection& db, model::schedule_id id,
                                         model::version seen) {
  TRY(stored, find_schedule(db, id));
  if (stored.stored != seen) {
    return error{storage::errc::superseded,
                 "schedule " + id.value().to_string() + " changed meanwhile"};
  }
  return stored;
}

class schedule_table final : public schedule_store {
 public:
  explicit schedule_table(database& db) : db_(db) {}

  task<void> create(model::repair_unit unit, model::repair_schedule schedule) override {
    return write(
        db_, [unit = std::move(unit), row = std::move(schedule)](connection& db) -> result<void> {
          TRY_VOID(check_creation(unit, row));
          TRY_VOID(cluster_exists(db, unit.cluster_name));
          TRY_VOID(store_unit(db, unit));
          return insert_schedule(db, row);
        });
  }

  task<model::repair_schedule> find(model::schedule_id id) override {
    return read(db_, [id](connection& db) { return find_schedule(db, id); });
  }

  task<std::vector<schedule_summary>> list(schedule_filter filter) override {
    return read(
        db_, [filter = std::move(filter)](connection& db) -> result<std::vector<schedule_summary>> {
          std::vector<schedule_summary> listed;
          TRY(running, db.query(select_listed, filter.cluster_name, filter.keyspace));
          while (true) {
            TRY(more, running.next());
            if (!more) return listed;
            TRY(schedule, schedule_of(running));
            TRY(unit, unit_of(running, schedule_column_count));
            listed.push_back({std::move(schedule), std::move(unit)});
          }
        });
  }

  task<model::version> replace(model::repair_schedule next) override {
    return write(db_, [next = std::move(next)](connection& db) -> result<model::version> {
      TRY_VOID(check(next));
      TRY(stored, find_seen(db, next.id, next.stored));
      TRY_VOID(check_replacement(stored, next));
      const model::version version = next.stored + 1;
      TRY_VOID(update_schedule(db, next, version));
      return version;
    });
  }

  task<void> remove(model::schedule_id id, model::version seen) override {
    return write(db_, [id, seen](connection& db) -> result<void> {
      TRY_VOID(find_seen(db, id, seen));
      TRY_VOID(db.change("DELETE FROM schedule WHERE id = ?", column_of(id)));
      return {};
    });
  }

 private:
  database& db_;
};

}  // namespace

std::unique_ptr<schedule_store> make_schedule_table(database& db) {
  return std::make_unique<schedule_table>(db);
}

}  // namespace helenus::storage::sqlite
