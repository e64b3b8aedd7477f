#include "storage/cassandra/tables.h"

#include "base/log.h"
#include "storage/cassandra/columns.h"
#include "storage/errc.h"

namespace helenus::storage::cassandra {

// Somebody who damages more rows than this is told of the first ones.
constexpr std::size_t told_limit = 1'000;

void tables::leave_out(const error& why) {
  if (told.size() >= told_limit || !told.insert(why.message()).second) return;
  base::log_error("storage", "a row can not be read and is left out", {{"error", why.message()}});
}

void tables::forget(model::run_id run) {
  ended.erase(run);
  seen_runs.forget(run);
  seen_segments.forget(run);
}

task<read_run> find_run(tables& all, model::run_id id) {
  const auto asked = all.seen_runs.now();
  std::optional<read_run> found;
  CO_TRY_VOID(co_await all.ask.read("SELECT " + std::string(run_columns) + " FROM " +
                                        all.ask.table("repair_run") + " WHERE id = ? LIMIT 1",
                                    {id.value()}, [&](const cql::row& row) -> result<void> {
                                      TRY(run, run_from(row));
                                      found = std::move(run);
                                      return {};
                                    }));
  if (!found) co_return error{errc::not_found, "no run " + id.value().to_string()};
  found->run.stored = all.seen_runs.read(id, id, found->mark, asked);
  co_return std::move(*found);
}

task<std::optional<model::repair_unit>> find_unit(tables& all, model::unit_id id) {
  std::optional<model::repair_unit> found;
  CO_TRY_VOID(co_await all.ask.read("SELECT " + std::string(unit_columns) + " FROM " +
                                        all.ask.table("repair_unit_v1") + " WHERE id = ?",
                                    {id.value()}, [&](const cql::row& row) -> result<void> {
                                      TRY(unit, unit_from(row));
                                      found = std::move(unit);
                                      return {};
                                    }));
  co_return found;
}

task<void> store_unit(tables& all, model::repair_unit unit) {
  CO_TRY(stored, co_await find_unit(all, unit.id));
  if (stored && *stored == unit) co_return result<void>{};
  if (stored) {
    co_return error{errc::conflict,
                    "unit " + unit.id.value().to_string() + " is stored with other content"};
  }
  batch_of writes(cql::batch::kind::logged);
  writes.add("INSERT INTO " + all.ask.table("repair_unit_v1") + insert_unit, inserted(unit))
      .add("INSERT INTO " + all.ask.table("helenus_unit_by_keyspace") +
               " (cluster_name, keyspace_name, unit_id) VALUES (?, ?, ?)",
           {text_column(unit.cluster_name), text_column(unit.keyspace), unit.id.value()});
  co_return co_await all.ask.write(writes.take());
}

task<bool> cluster_exists(tables& all, std::string name) {
  bool there = false;
  CO_TRY_VOID(
      co_await all.ask.read("SELECT name FROM " + all.ask.table("cluster") + " WHERE name = ?",
                            {text_column(name)}, [&](const cql::row&) -> result<void> {
                              there = true;
                              return {};
                            }));
  co_return there;
}

task<std::vector<std::string>> cluster_names(tables& all) {
  std::vector<std::string> names;
  CO_TRY_VOID(co_await all.ask.read("SELECT name FROM " + all.ask.table("cluster"), {},
                                    [&](const cql::row& row) -> result<void> {
                                      TRY(name, row.get<std::string>("name"));
                                      names.push_back(text_from(name));
                                      return {};
                                    }));
  co_return names;
}

task<segment_counts> count_segments(tables& all, model::run_id id) {
  segment_counts counts;
  bool is_run = false;
  CO_TRY_VOID(co_await all.ask.read(
      "SELECT segment_id, state, segment_state, fail_count FROM " + all.ask.table("repair_run") +
          " WHERE id = ?",
      {id.value()}, [&](const cql::row& row) -> result<void> {
        is_run = is_run || row.has("state");
        if (!row.has("segment_id")) return {};
        TRY(state, row.get<std::optional<std::int32_t>>("segment_state"));
        TRY(fail_count, row.get<std::optional<std::int32_t>>("fail_count"));
        counts.add(static_cast<model::segment_state>(state.value_or(0)), fail_count.value_or(0));
        return {};
      }));
  if (!is_run) co_return error{errc::not_found, "no run " + id.value().to_string()};
  co_return counts;
}

task<std::vector<indexed_run>> indexed_runs(tables& all, std::string cluster_name) {
  std::vector<indexed_run> runs;
  CO_TRY_VOID(co_await all.ask.read(
      "SELECT id, repair_run_state FROM " + all.ask.table("repair_run_by_cluster_v2") +
          " WHERE cluster_name = ?",
      {text_column(cluster_name)}, [&](const cql::row& row) -> result<void> {
        TRY(id, row.get<base::uuid>("id"));
        TRY(text, row.get<std::optional<std::string>>("repair_run_state"));
        indexed_run run{model::run_id(id), {}};
        if (const auto state = model::parse_run_state(text.value_or(""))) run.state = *state;
        runs.push_back(run);
        return {};
      }));
  co_return runs;
}

}  // namespace helenus::storage::cassandra
