#include "storage/cassandra/unfinished_runs.h"

#include "base/log.h"
#include "storage/cassandra/run_creation.h"
#include "storage/errc.h"

#include <string>
#include <utility>
#include <vector>

namespace helenus::storage::cassandra {
namespace {

task<std::vector<model::run_id>> leftovers(tables& all) {
  std::vector<model::run_id> found;
  CO_TRY_VOID(co_await all.ask.read("SELECT run_id, noted_at, toTimestamp(now()) AS time FROM " +
                                        all.ask.table("helenus_unfinished_run"),
                                    {}, [&](const cql::row& row) -> result<void> {
                                      TRY(id, row.get<base::uuid>("run_id"));
                                      TRY(noted,
                                          row.get<std::optional<cql::timestamp>>("noted_at"));
                                      TRY(time, row.get<cql::timestamp>("time"));
                                      if (noted && *noted + leftover_age < time)
                                        found.emplace_back(id);
                                      return {};
                                    }));
  co_return found;
}

task<void> finish(tables& all, model::run_id id) {
  const auto stored = co_await find_run(all, id);
  if (stored) {
    auto changes = index_changes(all, stored->run, true);
    changes.statements.push_back(end_of_note(all, id));
    base::log_warn("storage", "a run whose removal was interrupted is there again",
                   {{"run", id.value().to_string()}});
    co_return co_await all.ask.write(std::move(changes));
  }
  if (stored.error().code == make_error_code(errc::corrupt)) {
    all.leave_out(stored.error());
    co_return result<void>{};
  }
  if (stored.error().code != make_error_code(errc::not_found)) co_return stored.error();
  base::log_warn("storage", "what was left of a run that was never made, or removed, is deleted",
                 {{"run", id.value().to_string()}});
  co_return co_await delete_run_rows(all, id);
}

}  // namespace

task<void> note_unfinished(tables& all, model::run_id id) {
  co_return co_await all.ask.write("INSERT INTO " + all.ask.table("helenus_unfinished_run") +
                                       " (run_id, noted_at) VALUES (?, toTimestamp(now()))",
                                   {id.value()});
}

cql::batch::entry end_of_note(const tables& all, model::run_id id) {
  return {"DELETE FROM " + all.ask.table("helenus_unfinished_run") + " WHERE run_id = ?",
          {id.value()}};
}

task<void> delete_run_rows(tables& all, model::run_id id) {
  CO_TRY_VOID(co_await all.ask.write(
      "DELETE FROM " + all.ask.table("helenus_segment") + " WHERE run_id = ?", {id.value()}));
  CO_TRY_VOID(co_await all.ask.write("DELETE FROM " + all.ask.table("repair_run") + " WHERE id = ?",
                                     {id.value()}));
  auto end = end_of_note(all, id);
  co_return co_await all.ask.write(std::move(end.text), std::move(end.values));
}

task<void> finish_leftovers(tables& all) {
  CO_TRY(ids, co_await leftovers(all));
  for (const auto id : ids) CO_TRY_VOID(co_await finish(all, id));
  co_return result<void>{};
}

}  // namespace helenus::storage::cassandra
