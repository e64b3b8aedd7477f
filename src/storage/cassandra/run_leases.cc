#include "storage/cassandra/run_leases.h"

#include "storage/cassandra/columns.h"

namespace helenus::storage::cassandra {
namespace {

constexpr auto seconds_to_live = static_cast<std::int32_t>(lease_store::lifetime.count());

cql::batch alone(std::string text, values with) {
  batch_of change(cql::batch::kind::unlogged);
  change.add(std::move(text), std::move(with));
  return change.take();
}

cql::batch insertion(const tables& all, const instance& who, model::run_id run) {
  return alone("INSERT INTO " + all.ask.table("leader") +
                   " (leader_id, reaper_instance_id, reaper_instance_host, last_heartbeat) VALUES "
                   "(?, ?, ?, toTimestamp(now())) IF NOT EXISTS USING TTL ?",
               {run.value(), who.id, text_column(who.host), seconds_to_live});
}

cql::batch prolongation(const tables& all, const instance& who, model::run_id run) {
  return alone("UPDATE " + all.ask.table("leader") +
                   " USING TTL ? SET reaper_instance_id = ?, reaper_instance_host = ?, "
                   "last_heartbeat = toTimestamp(now()) WHERE leader_id = ? IF "
                   "reaper_instance_id = ?",
               {seconds_to_live, who.id, text_column(who.host), run.value(), who.id});
}

bool is_held_by(const std::optional<held_node>& held, const instance& who) {
  return held && held->holder == who.id;
}

}  // namespace

task<lease_answer> take_run(tables& all, instance who, model::run_id run, bool is_handed) {
  const auto decided =
      co_await all.ask.decide(is_handed ? prolongation(all, who, run) : insertion(all, who, run));
  if (decided && *decided) co_return lease_answer{.taken = true, .in_the_way = {}};
  if (!decided && !may_have_happened(decided.error())) co_return decided.error();
  CO_TRY(held, co_await find_run_lease(all, run));
  if (!decided && is_held_by(held, who)) co_return lease_answer{.taken = true, .in_the_way = {}};
  // With nobody in the way it was not refused: it did not happen.
  if (!decided && !held) co_return as_storage_error(decided.error());
  lease_answer answer;
  if (held) answer.in_the_way.push_back(*held);
  co_return answer;
}

task<bool> renew_run(tables& all, instance who, model::run_id run) {
  const auto decided = co_await all.ask.decide(prolongation(all, who, run));
  if (decided) co_return *decided;
  if (!may_have_happened(decided.error())) co_return decided.error();
  CO_TRY(held, co_await find_run_lease(all, run));
  if (!is_held_by(held, who)) co_return false;
  co_return as_storage_error(decided.error());  // prolonged or not: it is tried again
}

task<void> release_run(tables& all, instance who, model::run_id run) {
  const auto decided = co_await all.ask.decide(alone(
      "DELETE FROM " + all.ask.table("leader") + " WHERE leader_id = ? IF reaper_instance_id = ?",
      {run.value(), who.id}));
  if (decided) co_return result<void>{};
  if (!may_have_happened(decided.error())) co_return decided.error();
  CO_TRY(held, co_await find_run_lease(all, run));
  if (!is_held_by(held, who)) co_return result<void>{};
  co_return as_storage_error(decided.error());
}

task<std::optional<held_node>> find_run_lease(tables& all, model::run_id run) {
  std::optional<held_node> held;
  CO_TRY_VOID(co_await all.ask.read(
      "SELECT reaper_instance_id FROM " + all.ask.table("leader") + " WHERE leader_id = ?",
      {run.value()},
      [&](const cql::row& row) -> result<void> {
        TRY(holder, row.get<std::optional<base::uuid>>("reaper_instance_id"));
        if (holder) held = held_node{whole_run, {}, *holder};
        return {};
      },
      true));
  co_return held;
}

}  // namespace helenus::storage::cassandra
