#include "storage/cassandra/columns.h"
#include "storage/cassandra/tables.h"
#include "storage/row_rules.h"

namespace helenus::storage::cassandra {
namespace {

/// Signs of life as Reaper gives them. Times are those of Cassandra: the clocks of instances need
/// not agree.
class instance_table final : public instance_store {
 public:
  explicit instance_table(tables& all) : all_(all) {}

  task<void> beat(instance who) override {
    all_.count_write();
    if (auto valid = check(who); !valid) co_return valid.error();
    co_return co_await all_.ask.write(
        "INSERT INTO " + all_.ask.table("running_reapers") +
            " (reaper_instance_id, reaper_instance_host, last_heartbeat) VALUES (?, ?, "
            "toTimestamp(now())) USING TTL ?",
        {who.id, text_column(who.host), static_cast<std::int32_t>(lifetime.count())});
  }

  /// Rows of a Reaper that was migrated from an old one may never end by themselves.
  task<std::vector<instance>> alive() override {
    all_.count_read();
    std::vector<instance> found;
    CO_TRY_VOID(co_await read(
        "", {}, [&](instance who, std::chrono::milliseconds) { found.push_back(std::move(who)); }));
    co_return found;
  }

  task<std::optional<std::chrono::milliseconds>> life_left(model::uuid id) override {
    all_.count_read();
    std::optional<std::chrono::milliseconds> found;
    CO_TRY_VOID(
        co_await read(" WHERE reaper_instance_id = ?", {id},
                      [&](const instance&, std::chrono::milliseconds left) { found = left; }));
    co_return found;
  }

  task<void> leave(model::uuid id) override {
    all_.count_write();
    co_return co_await all_.ask.write(
        "DELETE FROM " + all_.ask.table("running_reapers") + " WHERE reaper_instance_id = ?", {id});
  }

 private:
  template <typename Visitor>
  task<void> read(std::string where, values with, Visitor on_alive) {
    co_return co_await all_.ask.read(
        "SELECT reaper_instance_id, reaper_instance_host, last_heartbeat, toTimestamp(now()) AS "
        "time FROM " +
            all_.ask.table("running_reapers") + where,
        std::move(with), [on_alive = std::move(on_alive)](const cql::row& row) -> result<void> {
          TRY(id, row.get<base::uuid>("reaper_instance_id"));
          TRY(host, row.get<std::optional<std::string>>("reaper_instance_host"));
          TRY(beat, row.get<std::optional<cql::timestamp>>("last_heartbeat"));
          TRY(time, row.get<cql::timestamp>("time"));
          if (beat && *beat + lifetime >= time) {
            on_alive(instance{id, text_from(host.value_or(""))}, *beat + lifetime - time);
          }
          return {};
        });
  }

  tables& all_;
};

}  // namespace

std::unique_ptr<instance_store> make_instance_table(tables& all) {
  return std::make_unique<instance_table>(all);
}

}  // namespace helenus::storage::cassandra
