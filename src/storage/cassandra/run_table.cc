#include "storage/cassandra/columns.h"
#include "storage/cassandra/run_creation.h"
#include "storage/cassandra/run_lists.h"
#include "storage/cassandra/tables.h"
#include "storage/cassandra/unfinished_runs.h"
#include "storage/errc.h"
#include "storage/row_rules.h"

namespace helenus::storage::cassandra {
namespace {

error superseded(model::run_id id) {
  return {errc::superseded, "run " + id.value().to_string() + " changed meanwhile"};
}

class run_table final : public run_store {
 public:
  explicit run_table(tables& all) : all_(all) {}

  task<void> create(model::repair_unit unit, model::repair_run run,
                    std::vector<model::repair_segment> segments) override {
    all_.count_write();
    co_return co_await create_run(all_, std::move(unit), std::move(run), std::move(segments));
  }

  task<model::repair_run> find(model::run_id id) override {
    all_.count_read();
    CO_TRY(found, co_await find_run(all_, id));
    co_return std::move(found.run);
  }

  task<std::vector<model::repair_run>> list(run_filter filter) override {
    all_.count_read();
    co_return co_await list_runs(all_, std::move(filter));
  }

  task<std::vector<run_summary>> summaries(run_filter filter) override {
    all_.count_read();
    co_return co_await summarise_runs(all_, std::move(filter));
  }

  task<model::version> replace(model::repair_run next) override {
    all_.count_write();
    if (auto valid = check(next); !valid) co_return valid.error();
    const auto turn = co_await all_.turns.wait(next.id);
    CO_TRY(stored, co_await find_run(all_, next.id));
    if (stored.run.stored != next.stored) co_return superseded(next.id);
    if (auto same = check_replacement(stored.run, next); !same) co_return same.error();
    // An index that says "ended" of an active run would hide it: see may_be_in().
    const bool state_changes = stored.run.state != next.state;
    const bool ends = model::is_terminated(next.state);
    if (state_changes && !ends) CO_TRY_VOID(co_await put_in_index(next));
    CO_TRY(applied, co_await decide_replacement(next, stored.mark));
    if (!applied) co_return superseded(next.id);
    if (state_changes && ends) CO_TRY_VOID(co_await put_in_index(next));
    all_.ended.erase(next.id);
    co_return all_.seen_runs.written(next.id, next.id, next.stored, mark_of(next));
  }

  task<void> remove(model::run_id id, model::version seen) override {
    all_.count_write();
    const auto turn = co_await all_.turns.wait(id);
    CO_TRY(stored, co_await find_run(all_, id));
    if (stored.run.stored != seen) co_return superseded(id);
    CO_TRY_VOID(co_await note_unfinished(all_, id));
    // Reaper can not list runs while an index names one that is not there: the indexes go first.
    CO_TRY_VOID(co_await all_.ask.write(index_changes(all_, stored.run, false)));
    batch_of deletion(cql::batch::kind::unlogged);
    deletion.add("DELETE " + std::string(delete_run) + " FROM " + all_.ask.table("repair_run") +
                     run_condition,
                 deleted(id, stored.mark));
    const auto applied = co_await all_.ask.decide(deletion.take());
    if (!applied || !*applied) {
      auto back = index_changes(all_, stored.run, true);
      back.statements.push_back(end_of_note(all_, id));
      CO_TRY_VOID(co_await all_.ask.write(std::move(back)));
      co_return applied ? superseded(id) : as_storage_error(applied.error());
    }
    all_.forget(id);
    co_return co_await delete_run_rows(all_, id);
  }

  task<model::repair_unit> find_unit(model::unit_id id) override {
    all_.count_read();
    CO_TRY(found, co_await cassandra::find_unit(all_, id));
    if (!found) co_return error{errc::not_found, "no unit " + id.value().to_string()};
    co_return std::move(*found);
  }

  task<std::optional<model::repair_unit>> find_same_unit(model::repair_unit unit) override {
    all_.count_read();
    std::vector<model::unit_id> ids;
    CO_TRY_VOID(co_await all_.ask.read("SELECT unit_id FROM " +
                                           all_.ask.table("helenus_unit_by_keyspace") +
                                           " WHERE cluster_name = ? AND keyspace_name = ?",
                                       {text_column(unit.cluster_name), text_column(unit.keyspace)},
                                       [&](const cql::row& row) -> result<void> {
                                         TRY(id, row.get<base::uuid>("unit_id"));
                                         ids.emplace_back(id);
                                         return {};
                                       }));
    for (const auto id : ids) {
      auto stored = co_await cassandra::find_unit(all_, id);
      if (!stored && stored.error().code == make_error_code(errc::corrupt)) {
        all_.leave_out(stored.error());
        continue;
      }
      if (!stored) co_return stored.error();
      if (*stored && (*stored)->same_content(unit)) co_return stored;
    }
    co_return std::optional<model::repair_unit>{};
  }

  task<segment_counts> counts(model::run_id id) override {
    all_.count_read();
    co_return co_await count_segments(all_, id);
  }

 private:
  task<bool> decide_replacement(model::repair_run next, run_mark seen) {
    batch_of update(cql::batch::kind::unlogged);
    update.add("UPDATE " + all_.ask.table("repair_run") + update_run + run_condition,
               updated(next, seen));
    auto decided = co_await all_.ask.decide(update.take());
    if (decided || !may_have_happened(decided.error())) co_return decided;
    // What stands there now tells.
    CO_TRY(stored, co_await find_run(all_, next.id));
    if (stored.mark == mark_of(next)) co_return true;
    if (stored.mark == seen) co_return as_storage_error(decided.error());
    co_return false;
  }

  task<void> put_in_index(model::repair_run run) {
    co_return co_await all_.ask.write(
        "INSERT INTO " + all_.ask.table("repair_run_by_cluster_v2") +
            " (cluster_name, id, repair_run_state) VALUES (?, ?, ?)",
        {text_column(run.cluster_name), run.id.value(), std::string(model::to_string(run.state))});
  }

  tables& all_;
};

}  // namespace

std::unique_ptr<run_store> make_run_table(tables& all) { return std::make_unique<run_table>(all); }

}  // namespace helenus::storage::cassandra
