#include "contract/storage/cassandra.h"

#include "base/clock.h"
#include "cql/session.h"
#include "storage/cassandra/backend.h"
#include "storage/cassandra/schema/migration_runner.h"

#include <boost/asio/this_coro.hpp>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace helenus::storage::test {
namespace {

constexpr const char* keyspace = "storage_contract";

base::clock& real_time() {
  static base::real_clock clock;
  return clock;
}

cassandra::cassandra_options options() {
  cassandra::cassandra_options made;
  made.keyspace = keyspace;
  const std::string nodes = std::getenv("HELENUS_TEST_CQL_NODES");
  made.session.contact_points.push_back(
      *net::parse_endpoint(nodes.substr(0, nodes.find(',')), 9042));
  made.session.request_timeout = std::chrono::seconds(60);  // a busy machine is slow
  return made;
}

task<cql::rows> run(cql::session& session, std::string text, std::vector<cql::value> with = {}) {
  cql::statement statement;
  statement.text = std::move(text);
  statement.values = std::move(with);
  co_return co_await session.execute(std::move(statement));
}

/// Deletes every partition: much faster than TRUNCATE.
task<void> empty_table(cql::session& session, std::string table, std::vector<std::string> key) {
  const auto name = std::string(keyspace) + "." + table;
  std::string columns;
  std::string condition;
  for (const auto& column : key) {
    columns += (columns.empty() ? "" : ", ") + column;
    condition += (condition.empty() ? "" : " AND ") + column + " = ?";
  }
  CO_TRY(found, co_await run(session, "SELECT DISTINCT " + columns + " FROM " + name));
  for (const auto row : found) {
    std::vector<cql::value> values;
    for (const auto& column : key) {
      if (auto text = row.get<std::string>(column)) {
        values.emplace_back(*text);
      } else {
        CO_TRY(id, row.get<base::uuid>(column));
        values.emplace_back(id);
      }
    }
    CO_TRY_VOID(co_await run(session, "DELETE FROM " + name + " WHERE " + condition, values));
  }
  co_return result<void>{};
}

task<void> make_schema() {
  CO_TRY(session, co_await cql::connect(real_time(), options().session));
  const auto executor = co_await boost::asio::this_coro::executor;
  CO_TRY_VOID(co_await cassandra::migrate(
      executor, real_time(), *session,
      {.keyspace = keyspace, .replication = std::map<std::string, int>{}},
      [](const std::string&) {}));
  co_return co_await session->close();
}

task<void> empty_everything() {
  static bool has_schema = false;
  if (!has_schema) CO_TRY_VOID(co_await make_schema());
  has_schema = true;
  CO_TRY(session, co_await cql::connect(real_time(), options().session));
  const std::vector<std::pair<std::string, std::vector<std::string>>> tables{
      {"cluster", {"name"}},
      {"helenus_cluster", {"name"}},
      {"helenus_secret", {"name"}},
      {"helenus_segment", {"run_id"}},
      {"helenus_unfinished_run", {"run_id"}},
      {"helenus_unit_by_keyspace", {"cluster_name"}},
      {"leader", {"leader_id"}},
      {"repair_run", {"id"}},
      {"repair_run_by_cluster_v2", {"cluster_name"}},
      {"repair_run_by_unit", {"repair_unit_id"}},
      {"repair_schedule_by_cluster_and_keyspace", {"cluster_name", "keyspace_name"}},
      {"repair_schedule_v1", {"id"}},
      {"repair_unit_v1", {"id"}},
      {"running_reapers", {"reaper_instance_id"}},
      {"running_repairs", {"repair_id"}}};
  for (const auto& [table, key] : tables) CO_TRY_VOID(co_await empty_table(*session, table, key));
  co_return co_await session->close();
}

}  // namespace

bool has_cassandra() { return std::getenv("HELENUS_TEST_CQL_NODES") != nullptr; }

task<cql::rows> run_beside(std::string statement) {
  for (auto at = statement.find('%'); at != std::string::npos; at = statement.find('%')) {
    statement.replace(at, 1, std::string(keyspace) + ".");
  }
  CO_TRY(session, co_await cql::connect(real_time(), options().session));
  auto answer = co_await run(*session, std::move(statement));
  CO_TRY_VOID(co_await session->close());
  co_return answer;
}

task<std::unique_ptr<backend>> open_cassandra(std::filesystem::path folder) {
  const auto mark = folder / "emptied";
  if (!std::filesystem::exists(mark)) {
    CO_TRY_VOID(co_await empty_everything());
    std::ofstream(mark).put('\n');
    std::filesystem::permissions(mark, std::filesystem::perms::owner_all);
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  CO_TRY(opened, co_await cassandra::open(executor, real_time(), options()));
  CO_TRY_VOID(co_await opened->bring_schema(cassandra::schema_policy::wait));
  co_return std::unique_ptr<backend>(std::move(opened));
}

}  // namespace helenus::storage::test
