#include "base/log.h"
#include "base/task_group.h"
#include "storage/cassandra/columns.h"
#include "storage/cassandra/tables.h"
#include "storage/errc.h"
#include "storage/row_rules.h"

#include <algorithm>
#include <iterator>

namespace helenus::storage::cassandra {
namespace {

using model::repair_schedule;
using schedule_ids = std::vector<model::schedule_id>;

// Schedules of a list that are read at the same time: neither one wait after another nor a flood.
constexpr std::size_t read_together = 16;

error superseded(model::schedule_id id) {
  return {errc::superseded, "schedule " + id.value().to_string() + " changed meanwhile"};
}

bool is(const error& failure, errc what) { return failure.code == make_error_code(what); }

/// The places of a schedule in its index: its keyspace in its cluster, all of the cluster, and its
/// keyspace in all clusters.
std::vector<values> places_of(const model::repair_unit& unit, model::schedule_id id) {
  const auto cluster = text_column(unit.cluster_name);
  const auto keyspace = text_column(unit.keyspace);
  return {{cluster, keyspace, id.value()},
          {cluster, std::string(any_name), id.value()},
          {std::string(any_name), keyspace, id.value()}};
}

/// A schedule, and its unit, into its place. What is gone or can not be read leaves it empty.
task<void> read_into(tables& all, model::schedule_id id, std::optional<schedule_summary>& place) {
  auto schedule = co_await find_schedule(all, id);
  if (!schedule && is(schedule.error(), errc::corrupt)) all.leave_out(schedule.error());
  if (!schedule && (is(schedule.error(), errc::corrupt) || is(schedule.error(), errc::not_found))) {
    co_return result<void>{};
  }
  if (!schedule) co_return schedule.error();
  const auto unit_id = schedule->schedule.unit;
  auto unit = co_await find_unit(all, unit_id);
  if (!unit && !is(unit.error(), errc::corrupt)) co_return unit.error();
  const auto whose = "schedule " + id.value().to_string();
  if (!unit) {
    all.leave_out(base::with_context(unit.error(), whose));
  } else if (!*unit) {
    all.leave_out(
        {errc::corrupt, whose + ": its unit " + unit_id.value().to_string() + " does not exist"});
  } else {
    place = schedule_summary{std::move(schedule->schedule), std::move(**unit)};
  }
  co_return result<void>{};
}

class schedule_table final : public schedule_store {
 public:
  explicit schedule_table(tables& all) : all_(all) {}

  task<void> create(model::repair_unit unit, repair_schedule schedule) override {
    all_.count_write();
    if (auto valid = check_creation(unit, schedule); !valid) co_return valid;
    CO_TRY(registered, co_await cluster_exists(all_, unit.cluster_name));
    if (!registered) {
      co_return error{errc::not_found, "no cluster '" + unit.cluster_name + "' is registered"};
    }
    const auto stored = co_await find_schedule(all_, schedule.id);
    if (stored || is(stored.error(), errc::corrupt)) {
      co_return error{errc::conflict, "schedule " + schedule.id.value().to_string() + " exists"};
    }
    if (!is(stored.error(), errc::not_found)) co_return stored.error();
    CO_TRY_VOID(co_await store_unit(all_, unit));
    batch_of writes(cql::batch::kind::logged);
    writes.add("INSERT INTO " + all_.ask.table("repair_schedule_v1") + insert_schedule,
               inserted(schedule));
    for (auto& place : places_of(unit, schedule.id)) {
      writes.add("INSERT INTO " + all_.ask.table(index) +
                     " (cluster_name, keyspace_name, repair_schedule_id) VALUES (?, ?, ?)",
                 std::move(place));
    }
    CO_TRY_VOID(co_await all_.ask.write(writes.take()));
    all_.seen_schedules.read(schedule.id, schedule.id, mark_of(schedule),
                             all_.seen_schedules.now());
    co_return result<void>{};
  }

  task<repair_schedule> find(model::schedule_id id) override {
    all_.count_read();
    CO_TRY(found, co_await find_schedule(all_, id));
    co_return std::move(found.schedule);
  }

  task<std::vector<schedule_summary>> list(schedule_filter filter) override {
    all_.count_read();
    CO_TRY(ids, co_await candidates(std::move(filter)));
    std::vector<schedule_summary> listed;
    for (std::size_t from = 0; from < ids.size(); from += read_together) {
      const auto to = std::min(from + read_together, ids.size());
      const auto begin = ids.begin();
      CO_TRY(read, co_await read_all(
                       schedule_ids(begin + std::ptrdiff_t(from), begin + std::ptrdiff_t(to))));
      std::move(read.begin(), read.end(), std::back_inserter(listed));
    }
    co_return listed;
  }

  task<model::version> replace(repair_schedule next) override {
    all_.count_write();
    if (auto valid = check(next); !valid) co_return valid.error();
    CO_TRY(stored, co_await find_schedule(all_, next.id));
    if (stored.schedule.stored != next.stored) co_return superseded(next.id);
    if (auto same = check_replacement(stored.schedule, next); !same) co_return same.error();
    CO_TRY(applied, co_await decide_replacement(next, stored.mark));
    if (!applied) co_return superseded(next.id);
    co_return all_.seen_schedules.written(next.id, next.id, next.stored, mark_of(next));
  }

  task<void> remove(model::schedule_id id, model::version seen) override {
    all_.count_write();
    CO_TRY(stored, co_await find_schedule(all_, id));
    if (stored.schedule.stored != seen) co_return superseded(id);
    const auto unit = co_await find_unit(all_, stored.schedule.unit);
    if (!unit && !is(unit.error(), errc::corrupt)) co_return unit.error();
    // The row first, which alone makes runs: a place in the index without one is skipped by all.
    batch_of deletion(cql::batch::kind::unlogged);
    deletion.add("DELETE FROM " + all_.ask.table("repair_schedule_v1") + schedule_condition,
                 deleted(id, stored.mark));
    auto applied = co_await all_.ask.decide(deletion.take());
    if (!applied && may_have_happened(applied.error())) {
      const auto left = co_await find_schedule(all_, id);
      if (left) co_return as_storage_error(applied.error());
      if (!is(left.error(), errc::not_found)) co_return left.error();
      applied = true;
    }
    if (!applied) co_return as_storage_error(applied.error());
    if (!*applied) co_return superseded(id);
    all_.seen_schedules.forget(id);
    if (unit && *unit) co_await leave_index(**unit, id);
    co_return result<void>{};
  }

 private:
  static constexpr const char* index = "repair_schedule_by_cluster_and_keyspace";

  task<bool> decide_replacement(repair_schedule next, schedule_mark seen) {
    batch_of update(cql::batch::kind::unlogged);
    update.add(
        "UPDATE " + all_.ask.table("repair_schedule_v1") + update_schedule + schedule_condition,
        updated(next, seen));
    auto decided = co_await all_.ask.decide(update.take());
    if (decided || !may_have_happened(decided.error())) co_return decided;
    // What stands there now tells.
    CO_TRY(stored, co_await find_schedule(all_, next.id));
    if (stored.mark == mark_of(next)) co_return true;
    if (stored.mark == seen) co_return as_storage_error(decided.error());
    co_return false;
  }

  /// The schedule is gone whether this succeeds or not.
  boost::asio::awaitable<void> leave_index(model::repair_unit unit, model::schedule_id id) {
    batch_of writes(cql::batch::kind::logged);
    for (auto& place : places_of(unit, id)) {
      writes.add("DELETE FROM " + all_.ask.table(index) +
                     " WHERE cluster_name = ? AND keyspace_name = ? AND repair_schedule_id = ?",
                 std::move(place));
    }
    const auto left = co_await all_.ask.write(writes.take());
    if (left) co_return;
    base::log_warn("storage",
                   "the index still names a schedule that was removed, which is harmless",
                   {{"schedule", id.value().to_string()}, {"error", left.error().message()}});
  }

  /// Oldest first.
  task<schedule_ids> candidates(schedule_filter filter) {
    std::vector<std::string> clusters;
    if (filter.cluster_name) {
      clusters.push_back(*filter.cluster_name);
    } else if (filter.keyspace) {
      clusters.emplace_back(any_name);
    } else {
      CO_TRY(names, co_await cluster_names(all_));
      clusters = std::move(names);
    }
    schedule_ids ids;
    for (const auto& cluster : clusters) {
      CO_TRY(found, co_await indexed_schedules(all_, cluster,
                                               filter.keyspace.value_or(std::string(any_name))));
      ids.insert(ids.end(), found.begin(), found.end());
    }
    std::ranges::sort(ids, {},
                      [](model::schedule_id id) { return std::pair(id.value().timestamp(), id); });
    co_return ids;
  }

  task<std::vector<schedule_summary>> read_all(schedule_ids ids) {
    std::vector<std::optional<schedule_summary>> places(ids.size());
    {
      base::task_group group(all_.executor);
      for (std::size_t each = 0; each < ids.size(); ++each) {
        group.spawn("read schedule", read_into(all_, ids[each], places[each]));
      }
      CO_TRY_VOID(co_await group.join());
    }
    std::vector<schedule_summary> read;
    for (auto& place : places) {
      if (place) read.push_back(std::move(*place));
    }
    co_return read;
  }

  tables& all_;
};

}  // namespace

task<read_schedule> find_schedule(tables& all, model::schedule_id id) {
  const auto asked = all.seen_schedules.now();
  std::optional<read_schedule> found;
  CO_TRY_VOID(co_await all.ask.read("SELECT " + std::string(schedule_columns) + " FROM " +
                                        all.ask.table("repair_schedule_v1") + " WHERE id = ?",
                                    {id.value()}, [&](const cql::row& row) -> result<void> {
                                      TRY(read, schedule_from(row));
                                      found = std::move(read);
                                      return {};
                                    }));
  if (!found) co_return error{errc::not_found, "no schedule " + id.value().to_string()};
  found->schedule.stored = all.seen_schedules.read(id, id, found->mark, asked);
  co_return std::move(*found);
}

task<std::vector<model::schedule_id>> indexed_schedules(tables& all, std::string cluster_name,
                                                        std::string keyspace) {
  schedule_ids ids;
  CO_TRY_VOID(co_await all.ask.read(
      "SELECT repair_schedule_id FROM " + all.ask.table("repair_schedule_by_cluster_and_keyspace") +
          " WHERE cluster_name = ? AND keyspace_name = ?",
      {text_column(cluster_name), text_column(keyspace)}, [&](const cql::row& row) -> result<void> {
        TRY(id, row.get<base::uuid>("repair_schedule_id"));
        ids.emplace_back(id);
        return {};
      }));
  co_return ids;
}

std::unique_ptr<schedule_store> make_schedule_table(tables& all) {
  return std::make_unique<schedule_table>(all);
}

}  // namespace helenus::storage::cassandra
