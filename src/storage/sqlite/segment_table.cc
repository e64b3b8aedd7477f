#include "storage/errc.h"
#include "storage/row_rules.h"
#include "storage/sqlite/columns.h"
#include "storage/sqlite/run_rows.h"
#include "storage/sqlite/segment_rows.h"
#include "storage/sqlite/tables.h"

namespace helenus::storage::sqlite {
namespace {

using model::repair_segment;

constexpr std::string_view select_all =
    "SELECT " HELENUS_SEGMENT_COLUMNS " FROM segment WHERE run = ? ORDER BY key";
constexpr std::string_view select_unfinished =
    "SELECT " HELENUS_SEGMENT_COLUMNS " FROM segment WHERE run = ? AND state <> 2 ORDER BY key";

result<std::vector<repair_segment>> segments_of(connection& db, model::run_id run,
                                                std::string_view select) {
  TRY(key, find_run_key(db, run));
  replica_set_reader replicas(db, key);
  std::vector<repair_segment> segments;
  TRY(running, db.query(select, key));
  while (true) {
    TRY(more, running.next());
    if (!more) return segments;
    TRY(row, segment_of(running, run, replicas));
    segments.push_back(std::move(row.segment));
  }
}

result<keyed_segment> find_segment(connection& db, std::int64_t run_key, model::run_id run,
                                   model::segment_id id) {
  TRY(running, db.query("SELECT " HELENUS_SEGMENT_COLUMNS " FROM segment WHERE id = ? AND run = ?",
                        column_of(id), run_key));
  TRY(there, running.next());
  if (!there) {
    return error{storage::errc::not_found,
                 "run " + run.value().to_string() + " has no segment " + id.value().to_string()};
  }
  replica_set_reader replicas(db, run_key);
  return segment_of(running, run, replicas);
}

result<std::vector<model::segment_id>> done_segments(connection& db, model::run_id run,
                                                     const std::vector<model::segment_id>& ids) {
  TRY_VOID(check_asked(ids));
  std::vector<model::segment_id> done;
  const auto run_key = find_run_key(db, run);
  if (!run_key && run_key.error().code == storage::errc::not_found) return done;
  if (!run_key) return run_key.error();
  for (const auto& id : ids) {
    TRY(running, db.query("SELECT 1 FROM segment WHERE id = ? AND run = ? AND state = 2",
                          column_of(id), *run_key));
    TRY(there, running.next());
    if (there) done.push_back(id);
  }
  return done;
}

/// The stored row of the version that `row` was read from.
result<keyed_segment> find_seen(connection& db, std::int64_t run_key, const repair_segment& row) {
  TRY(stored, find_segment(db, run_key, row.run, row.id));
  if (stored.segment.stored != row.stored) {
    return error{storage::errc::superseded,
                 "segment " + row.id.value().to_string() + " changed meanwhile"};
  }
  return stored;
}

result<model::version> replace_segment(connection& db, const repair_segment& next) {
  TRY_VOID(check(next));
  TRY(run, find_run(db, next.run));
  TRY(stored, find_seen(db, run.key, next));
  TRY_VOID(check_replacement(stored.segment, next));
  const model::version version = next.stored + 1;
  TRY_VOID(update_segment(db, stored.key, next, version));
  auto counts = run.counts;
  counts.take_away(stored.segment.state, stored.segment.fail_count);
  counts.add(next.state, next.fail_count);
  if (counts != run.counts) TRY_VOID(update_counts(db, run.key, counts));
  return version;
}

result<void> split_segment(connection& db, const repair_segment& old,
                           const std::vector<repair_segment>& parts) {
  TRY(run, find_run(db, old.run));
  TRY(stored, find_seen(db, run.key, old));
  if (stored.segment.state == model::segment_state::done) {
    return error{storage::errc::conflict, "segment " + old.id.value().to_string() + " is DONE"};
  }
  TRY_VOID(check_split(stored.segment, parts));
  TRY_VOID(insert_segments(db, run.key, parts));
  TRY_VOID(db.change("DELETE FROM segment WHERE key = ?", stored.key));
  auto counts = run.counts;
  counts.take_away(stored.segment.state, stored.segment.fail_count);
  for (const auto& part : parts) counts.add(part.state, part.fail_count);
  return update_counts(db, run.key, counts);
}

class segment_table final : public segment_store {
 public:
  explicit segment_table(database& db) : db_(db) {}

  task<std::vector<repair_segment>> of_run(model::run_id run) override {
    return read(db_, [run](connection& db) { return segments_of(db, run, select_all); });
  }

  task<std::vector<repair_segment>> unfinished(model::run_id run) override {
    return read(db_, [run](connection& db) { return segments_of(db, run, select_unfinished); });
  }

  task<std::vector<model::segment_id>> done_among(model::run_id run,
                                                  std::vector<model::segment_id> ids) override {
    return read(
        db_, [run, ids = std::move(ids)](connection& db) { return done_segments(db, run, ids); });
  }

  task<repair_segment> find(model::run_id run, model::segment_id id) override {
    return read(db_, [run, id](connection& db) -> result<repair_segment> {
      TRY(key, find_run_key(db, run));
      TRY(found, find_segment(db, key, run, id));
      return std::move(found.segment);
    });
  }

  task<segment_look> look(model::run_id run, model::segment_id id,
                          std::vector<model::segment_id> others) override {
    others.push_back(id);
    return read(db_, [run, id, ids = std::move(others)](connection& db) -> result<segment_look> {
      TRY(done, done_segments(db, run, ids));
      TRY(key, find_run_key(db, run));
      TRY(found, find_segment(db, key, run, id));
      segment_look seen{std::nullopt, std::move(done)};
      if (found.segment.state != model::segment_state::done) seen.row = std::move(found.segment);
      return seen;
    });
  }

  task<model::version> replace(repair_segment next) override {
    return write(db_,
                 [next = std::move(next)](connection& db) { return replace_segment(db, next); });
  }

  task<void> split(repair_segment old, std::vector<repair_segment> parts) override {
    return write(db_, [old = std::move(old), parts = std::move(parts)](connection& db) {
      return split_segment(db, old, parts);
    });
  }

 private:
  database& db_;
};

}  // namespace

std::unique_ptr<segment_store> make_segment_table(database& db) {
  return std::make_unique<segment_table>(db);
}

}  // namespace helenus::storage::sqlite
