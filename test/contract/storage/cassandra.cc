#include "contract/storage/cassandra.h"

#include "base/clock.h"
#include "cql/session.h"
#include "storage/cassandra/backend.h"
#include "storage/cassandra/schema/migration_runner.h"

#include <boost/asio/this_coro.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
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

/// Hands everything on, and fails the test at a request that leaves open at which consistency it is
/// carried out, or has another one than docs/operating/cassandra-storage.md says.
class strict_session final : public cql::session {
 public:
  explicit strict_session(std::unique_ptr<cql::session> to) : to_(std::move(to)) {}

  task<cql::rows> execute(cql::statement what) override {
    check(what.text, what.how, what.how.serial_read);
    EXPECT_FALSE(has_condition(what.text)) << what.text;  // these are batches here
    co_return co_await to_->execute(std::move(what));
  }
  task<cql::rows> execute_batch(cql::batch what) override {
    const bool conditional = std::any_of(what.statements.begin(), what.statements.end(),
                                         [](const auto& each) { return has_condition(each.text); });
    EXPECT_EQ(what.how.lightweight, conditional) << what.statements.front().text;
    EXPECT_FALSE(conditional && what.how.idempotent) << what.statements.front().text;
    check(what.statements.front().text, what.how, conditional);
    co_return co_await to_->execute_batch(std::move(what));
  }
  task<void> prepare(std::string text) override { return to_->prepare(std::move(text)); }
  task<void> change_schema(std::string text) override {
    return to_->change_schema(std::move(text));
  }
  task<base::uuid> agree_on_schema() override { return to_->agree_on_schema(); }
  task<std::vector<cql::node>> nodes() override { return to_->nodes(); }
  task<void> renew(std::optional<cql::credentials> login,
                   std::shared_ptr<const net::tls_context> tls) override {
    return to_->renew(std::move(login), std::move(tls));
  }
  task<void> close() override { return to_->close(); }

 private:
  static bool has_condition(const std::string& text) {
    return text.find(" IF ") != std::string::npos;
  }
  static void check(const std::string& text, const cql::request_options& how, bool serial) {
    EXPECT_EQ(how.consistency, cql::consistency::quorum) << text;
    if (serial) EXPECT_EQ(how.serial_consistency, cql::serial_consistency::serial) << text;
  }

  std::unique_ptr<cql::session> to_;
};

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
  CO_TRY(connected, co_await cql::connect(real_time(), options().session));
  auto opened = std::make_unique<cassandra::backend>(
      executor, real_time(), std::make_unique<strict_session>(std::move(connected)), keyspace);
  CO_TRY_VOID(co_await opened->bring_schema(cassandra::schema_policy::wait));
  co_return std::unique_ptr<backend>(std::move(opened));
}

}  // namespace helenus::storage::test
