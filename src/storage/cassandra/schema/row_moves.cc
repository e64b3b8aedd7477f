#include "storage/cassandra/schema/row_moves.h"

#include "base/assert.h"
#include "storage/cassandra/requests.h"

#include <utility>
#include <vector>

namespace helenus::storage::cassandra {
namespace {

/// Calls `use(row)`, a task, for each row: page by page, one after the other.
template <class Use>
task<void> for_each(requests& ask, std::string select, values with, Use use) {
  std::vector<std::pair<base::uuid, std::string>> found;  // id and a text, which all of them have
  CO_TRY_VOID(co_await ask.read(std::move(select), std::move(with),
                                [&](const cql::row& row) -> result<void> {
                                  TRY(id, row.get<base::uuid>("id"));
                                  TRY(text, row.get<std::string>("cluster_name"));
                                  found.emplace_back(id, std::move(text));
                                  return {};
                                }));
  for (const auto& [id, text] : found) CO_TRY_VOID(co_await use(id, text));
  co_return result<void>{};
}

struct run_in_time {
  std::string state;
  run_times times;
};

task<std::optional<run_in_time>> find_times(requests& ask, base::uuid run) {
  std::optional<run_in_time> found;
  CO_TRY_VOID(co_await ask.read("SELECT state, start_time, pause_time, end_time FROM " +
                                    ask.table("repair_run") + " WHERE id = ? LIMIT 1",
                                {run}, [&](const cql::row& row) -> result<void> {
                                  if (!row.has("state")) return {};
                                  run_in_time read;
                                  TRY(state, row.get<std::string>("state"));
                                  read.state = std::move(state);
                                  using time = std::optional<cql::timestamp>;
                                  TRY(start, row.get<time>("start_time"));
                                  TRY(pause, row.get<time>("pause_time"));
                                  TRY(end, row.get<time>("end_time"));
                                  read.times = {start, pause, end};
                                  found = std::move(read);
                                  return {};
                                }));
  co_return found;
}

task<void> copy_run_index(requests& ask) {
  const auto copy = [&ask](base::uuid run, std::string cluster) -> task<void> {
    CO_TRY(found, co_await find_times(ask, run));
    if (!found) co_return result<void>{};  // a run that is gone
    co_return co_await ask.write("INSERT INTO " + ask.table("repair_run_by_cluster_v2") +
                                     " (cluster_name, id, repair_run_state) VALUES (?, ?, ?)",
                                 {cluster, run, found->state});
  };
  co_return co_await for_each(
      ask, "SELECT cluster_name, id FROM " + ask.table("repair_run_by_cluster"), {}, copy);
}

task<void> mend_run_times(requests& ask) {
  const auto mend = [&ask](base::uuid run, std::string) -> task<void> {
    CO_TRY(found, co_await find_times(ask, run));
    if (!found) co_return result<void>{};
    const auto state = model::parse_run_state(found->state);
    if (!state) co_return result<void>{};  // nothing that anybody could mend
    const auto times = mended(*state, found->times);
    if (times == found->times) co_return result<void>{};
    co_return co_await ask.write(
        "UPDATE " + ask.table("repair_run") +
            " SET start_time = ?, pause_time = ?, end_time = ? WHERE id = ?",
        {times.start, times.pause, times.end, run});
  };
  co_return co_await for_each(
      ask, "SELECT cluster_name, id FROM " + ask.table("repair_run_by_cluster_v2"), {}, mend);
}

task<void> index_units(requests& ask) {
  struct unit {
    base::uuid id;
    std::string cluster;
    std::string keyspace;
  };
  std::vector<unit> units;
  CO_TRY_VOID(co_await ask.read(
      "SELECT id, cluster_name, keyspace_name FROM " + ask.table("repair_unit_v1"), {},
      [&](const cql::row& row) -> result<void> {
        if (!row.has("cluster_name") || !row.has("keyspace_name")) return {};
        TRY(id, row.get<base::uuid>("id"));
        TRY(cluster, row.get<std::string>("cluster_name"));
        TRY(keyspace, row.get<std::string>("keyspace_name"));
        units.push_back({id, std::move(cluster), std::move(keyspace)});
        return {};
      }));
  for (const auto& unit : units) {
    CO_TRY_VOID(co_await ask.write("INSERT INTO " + ask.table("helenus_unit_by_keyspace") +
                                       " (cluster_name, keyspace_name, unit_id) VALUES (?, ?, ?)",
                                   {unit.cluster, unit.keyspace, unit.id}));
  }
  co_return result<void>{};
}

}  // namespace

task<void> move_rows(cql::session& session, std::string keyspace, step_kind kind) {
  requests ask(session, std::move(keyspace));
  switch (kind) {
    case step_kind::copy_run_index:
      co_return co_await copy_run_index(ask);
    case step_kind::mend_run_times:
      co_return co_await mend_run_times(ask);
    case step_kind::index_units:
      co_return co_await index_units(ask);
    case step_kind::change_schema:
    case step_kind::write:
      break;
  }
  HELENUS_ASSERT(false);  // these are statements
}

run_times mended(model::run_state state, run_times times) {
  const auto set = [](std::optional<model::wall_time>& time, bool has_it, model::wall_time else_) {
    if (!has_it) time.reset();
    if (has_it && !time) time = else_;
  };
  set(times.start, state != model::run_state::not_started, model::wall_time{});
  const auto start = times.start.value_or(model::wall_time{});
  set(times.pause, state == model::run_state::paused, start);
  set(times.end, model::is_terminated(state), start);
  return times;
}

}  // namespace helenus::storage::cassandra
