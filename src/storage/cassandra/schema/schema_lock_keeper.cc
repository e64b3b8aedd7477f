#include "storage/cassandra/schema/schema_lock_keeper.h"

#include "base/task_group.h"
#include "storage/cassandra/schema/table.h"
#include "storage/errc.h"

#include <algorithm>
#include <optional>

namespace helenus::storage::cassandra {

using namespace std::chrono_literals;

namespace {

// Long enough for a node that pauses to collect garbage, short enough to be waited for. Reaper
// keeps its lock for 300 s because it does not renew it.
constexpr auto expiry = 20s;
constexpr auto look_again = 2s;
constexpr auto release_limit = 5s;

}  // namespace

lock_row own_lock(const requests& ask, const std::string&) {
  return {.table = ask.table(lock_table().name),
          .key_column = "name",
          .key = "schema",
          .owner_column = "owner",
          .holder_column = "holder",
          .time_column = "taken_at",
          .expires = expiry};
}

lock_row reaper_lock(const requests& ask, const std::string& keyspace) {
  return {.table = ask.table("schema_migration_leader"),
          .key_column = "keyspace_name",
          .key = keyspace,
          .owner_column = "leader",
          .holder_column = "leader_hostname",
          .time_column = "took_lead_at",
          .expires = expiry};
}

schema_lock_keeper::schema_lock_keeper(requests& ask, base::clock& clock, lock_row row,
                                       base::uuid owner, std::string holder)
    : ask_(ask), clock_(clock), row_(std::move(row)), owner_(owner), holder_(std::move(holder)) {}

task<bool> schema_lock_keeper::decide(std::string text, values with) {
  cql::batch one;
  one.kind = cql::batch::kind::unlogged;
  one.statements.push_back({std::move(text), std::move(with)});
  auto decided = co_await ask_.decide(std::move(one));
  if (decided || !may_have_happened(decided.error())) co_return decided;
  CO_TRY(now, co_await who_has_it());  // what stands there now tells
  co_return now.ours;
}

task<bool> schema_lock_keeper::try_to_take() {
  co_return co_await decide("INSERT INTO " + row_.table + " (" + row_.key_column + ", " +
                                row_.owner_column + ", " + row_.holder_column + ", " +
                                row_.time_column +
                                ") VALUES (?, ?, ?, toTimestamp(now())) IF NOT EXISTS USING TTL " +
                                std::to_string(row_.expires.count()),
                            {row_.key, owner_, holder_});
}

task<schema_lock_keeper::holding> schema_lock_keeper::who_has_it() {
  holding now;
  const auto select = "SELECT " + row_.owner_column + " AS owner, " + row_.holder_column +
                      " AS holder, ttl(" + row_.owner_column + ") AS seconds_left FROM " +
                      row_.table + " WHERE " + row_.key_column + " = ?";
  CO_TRY_VOID(co_await ask_.read(
      select, {row_.key},
      [&](const cql::row& row) -> result<void> {
        TRY(owner, row.get<std::optional<base::uuid>>("owner"));
        now.ours = owner == owner_;
        TRY(holder, row.get<std::optional<std::string>>("holder"));
        now.holder = holder.value_or("nobody known");
        TRY(left, row.get<std::optional<std::int32_t>>("seconds_left"));
        now.left = std::chrono::seconds(left.value_or(0));
        return {};
      },
      true));
  co_return now;
}

task<void> schema_lock_keeper::take(std::function<void(const std::string&)> tell) {
  while (true) {
    CO_TRY(taken, co_await try_to_take());
    if (taken) co_return result<void>{};
    CO_TRY(now, co_await who_has_it());
    if (now.ours) co_return result<void>{};
    if (!now.holder.empty()) {
      tell("waiting for another migration, of " + now.holder + ": its lock expires in " +
           std::to_string(now.left.count()) + " s unless it is renewed");
    }
    co_await clock_.sleep_for(
        std::min<base::clock::duration>(look_again, now.left + std::chrono::milliseconds(200)));
  }
}

task<void> schema_lock_keeper::keep() {
  while (true) {
    co_await clock_.sleep_for(row_.expires / 4);
    const auto renewed = co_await base::with_timeout(
        clock_,
        decide("UPDATE " + row_.table + " USING TTL " + std::to_string(row_.expires.count()) +
                   " SET " + row_.owner_column + " = ?, " + row_.holder_column + " = ?, " +
                   row_.time_column + " = toTimestamp(now()) WHERE " + row_.key_column +
                   " = ? IF " + row_.owner_column + " = ?",
               {owner_, holder_, row_.key, owner_}),
        row_.expires / 2, "the renewal of the lock on the schema");
    if (!renewed) co_return base::with_context(renewed.error(), "the lock on the schema is lost");
    if (!*renewed) {
      co_return error{errc::unavailable, "the lock on the schema was lost to another migration"};
    }
  }
}

task<void> schema_lock_keeper::release() {
  const auto released =
      co_await base::with_timeout(clock_,
                                  decide("DELETE FROM " + row_.table + " WHERE " + row_.key_column +
                                             " = ? IF " + row_.owner_column + " = ?",
                                         {row_.key, owner_}),
                                  release_limit, "the lock on the schema to be released");
  // Not released: it expires.
  static_cast<void>(released);
  co_return result<void>{};
}

namespace {

task<void> work_and_stop(base::task_group& group, task<void> work) {
  CO_TRY_VOID(co_await std::move(work));
  group.cancel();  // nobody needs the lock any more
  co_return result<void>{};
}

task<void> keep_and_work(boost::asio::any_io_executor executor, schema_lock_keeper& lock,
                         task<void> work) {
  base::task_group group(executor);
  group.spawn("keep lock", lock.keep());
  group.spawn("migrate", work_and_stop(group, std::move(work)));
  co_return co_await group.join();
}

}  // namespace

task<void> while_locked(boost::asio::any_io_executor executor, schema_lock_keeper& lock,
                        task<void> work) {
  co_return co_await base::finally(keep_and_work(executor, lock, std::move(work)),
                                   [&lock] { return lock.release(); });
}

}  // namespace helenus::storage::cassandra
