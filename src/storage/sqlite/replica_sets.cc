#include "storage/sqlite/replica_sets.h"

#include "storage/sqlite/columns.h"

namespace helenus::storage::sqlite {

result<model::replica_set> replica_set_reader::find(std::int64_t number) {
  if (const auto found = known_.find(number); found != known_.end()) return found->second;
  TRY(running,
      db_.query("SELECT replicas FROM replica_set WHERE run = ? AND number = ?", run_, number));
  TRY(there, running.next());
  if (!there) return damaged("a number of a replica set", std::to_string(number));
  TRY(replicas, replicas_from(running.text(0)));
  auto shared = std::make_shared<const std::vector<model::replica>>(std::move(replicas));
  known_.emplace(number, shared);
  return model::replica_set(std::move(shared));
}

result<replica_set_writer> replica_set_writer::after_stored(connection& db, std::int64_t run) {
  TRY(running, db.query("SELECT max(number) FROM replica_set WHERE run = ?", run));
  TRY_VOID(running.next());
  return replica_set_writer(db, run, running.is_null(0) ? 0 : running.integer(0));
}

result<std::int64_t> replica_set_writer::number_of(const model::replica_set& replicas) {
  const auto [entry, is_new] = numbers_.try_emplace(*replicas, last_ + 1);
  if (!is_new) return entry->second;
  ++last_;
  TRY_VOID(db_.change("INSERT INTO replica_set (run, number, replicas) VALUES (?, ?, ?)", run_,
                      last_, column_of(*replicas)));
  return last_;
}

}  // namespace helenus::storage::sqlite
