#include "storage/cassandra/permissions.h"

#include "base/task_group.h"
#include "storage/cassandra/schema/table.h"
#include "storage/cassandra/tables.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace helenus::storage::cassandra {
namespace {

/// What the stores read and write; migrations have more.
constexpr std::string_view tables_in_use[] = {"cluster",
                                              "helenus_cluster",
                                              "helenus_secret",
                                              "helenus_segment",
                                              "helenus_unit_by_keyspace",
                                              "helenus_unfinished_run",
                                              "leader",
                                              "repair_run",
                                              "repair_run_by_cluster_v2",
                                              "repair_run_by_unit",
                                              "repair_schedule_by_cluster_and_keyspace",
                                              "repair_schedule_v1",
                                              "repair_unit_v1",
                                              "running_reapers",
                                              "running_repairs"};

/// Deletes a row that nobody has made. Under a condition it needs SELECT, too, and writes nothing.
std::string delete_nothing(const requests& ask, const table& from) {
  std::string condition;
  for (const auto& column : from.columns) {
    if (column.kind != column_kind::partition_key && column.kind != column_kind::clustering) break;
    condition += condition.empty() ? " WHERE " : " AND ";
    condition += std::string(column.name) + " = " +
                 (column.type == "text" ? "'a permission check of helenus'"
                                        : "00000000-0000-1000-8000-000000000000");
  }
  return "DELETE FROM " + ask.table(from.name) + condition + " IF EXISTS";
}

task<void> check_table(requests& ask, std::string statement, std::string keyspace) {
  batch_of deletion(cql::batch::kind::unlogged);
  deletion.add(std::move(statement), {});
  const auto decided = co_await ask.decide(deletion.take());
  if (decided) co_return result<void>{};
  co_return base::with_context(
      as_storage_error(decided.error()),
      "checking that the role has SELECT and MODIFY on keyspace " + keyspace);
}

}  // namespace

task<void> check_permissions(boost::asio::any_io_executor executor, requests& ask,
                             std::string keyspace) {
  base::task_group checks(std::move(executor));
  const auto check_those_of = [&](std::span<const table> all) {
    for (const auto& one : all) {
      if (std::ranges::find(tables_in_use, one.name) == std::end(tables_in_use)) continue;
      checks.spawn("check permissions", check_table(ask, delete_nothing(ask, one), keyspace));
    }
  };
  check_those_of(reaper_tables());
  check_those_of(own_tables());
  co_return co_await checks.join();
}

}  // namespace helenus::storage::cassandra
