#include "storage/cassandra/columns.h"
#include "storage/cassandra/tables.h"
#include "storage/errc.h"
#include "storage/row_rules.h"

#include <algorithm>
#include <map>

namespace helenus::storage::cassandra {
namespace {

constexpr const char* columns = "name, partitioner, seed_hosts, state, last_contact, properties";
// Never, as a time: Reaper can not list clusters while one has none.
constexpr model::wall_time never{};

/// The rest of a row whose name is known.
result<void> read_into(model::cluster& cluster, const cql::row& row) {
  TRY(kind, row.get<std::optional<std::string>>("partitioner"));
  if (kind) {
    auto known = model::parse_partitioner(*kind);
    if (!known) return damaged("a partitioner", *kind);
    cluster.kind = *known;
  }
  TRY(seeds, row.get<std::set<std::string>>("seed_hosts"));
  for (const auto& seed : seeds) cluster.seed_hosts.push_back(text_from(seed));
  std::sort(cluster.seed_hosts.begin(), cluster.seed_hosts.end());
  TRY(state_name, row.get<std::optional<std::string>>("state"));
  TRY(state, cluster_state_from(state_name));
  cluster.state = state;
  TRY(last_contact, row.get<std::optional<cql::timestamp>>("last_contact"));
  if (last_contact && *last_contact != never) cluster.last_contact = last_contact;
  TRY(json, row.get<std::optional<std::string>>("properties"));
  TRY(properties, properties_from(json));
  cluster.jmx_port = properties.jmx_port;
  if (properties.credentials) {
    cluster.jmx_username = text_from(properties.credentials->username);
    cluster.jmx_password = std::move(properties.credentials->password);
  }
  return check(cluster);
}

/// Errors name the cluster.
result<model::cluster> read(const cql::row& row) {
  model::cluster cluster;
  TRY(name, row.get<std::string>("name"));
  cluster.name = text_from(name);
  auto read = read_into(cluster, row);
  if (read) return cluster;
  auto failure = std::move(read).error();
  if (failure.code == make_error_code(errc::invalid_row)) {
    return error{errc::corrupt, failure.message()};
  }
  return base::with_context(as_storage_error(std::move(failure)), "cluster '" + cluster.name + "'");
}

class cluster_table final : public cluster_store {
 public:
  explicit cluster_table(tables& all) : all_(all) {}

  task<std::vector<model::cluster>> all() override {
    all_.count_read();
    CO_TRY(usernames, co_await configured_usernames());
    std::vector<model::cluster> clusters;
    // Not a scan of anything large: a row is a whole cluster of Cassandra.
    CO_TRY_VOID(co_await all_.ask.read(
        "SELECT " + std::string(columns) + " FROM " + all_.ask.table("cluster"), {},
        [&](const cql::row& row) -> result<void> {
          auto found = read(row);
          if (!found) {
            all_.leave_out(found.error());
            return {};
          }
          complete(*found, usernames);
          clusters.push_back(std::move(*found));
          return {};
        }));
    std::sort(clusters.begin(), clusters.end(),
              [](const auto& left, const auto& right) { return left.name < right.name; });
    co_return clusters;
  }

  task<model::cluster> find(std::string name) override {
    all_.count_read();
    CO_TRY(found, co_await find_row(name));
    if (!found) co_return missing(name);
    co_return std::move(*found);
  }

  task<void> save(model::cluster cluster) override {
    all_.count_write();
    if (auto valid = check(cluster); !valid) co_return valid;
    cluster_properties properties{cluster.jmx_port, {}};
    if (!cluster.jmx_password.empty()) {
      properties.credentials =
          jmx_credentials{text_column(cluster.jmx_username), cluster.jmx_password};
    }
    const auto username = properties.credentials ? std::string() : cluster.jmx_username;
    CO_TRY_VOID(co_await save_username(cluster.name, username));
    std::set<std::string> seeds;
    for (const auto& seed : cluster.seed_hosts) seeds.insert(text_column(seed));
    std::optional<std::string> kind;
    if (cluster.kind) kind = std::string(model::to_string(*cluster.kind));
    co_return co_await all_.ask.write(
        "INSERT INTO " + all_.ask.table("cluster") + " (" + columns + ") VALUES (?, ?, ?, ?, ?, ?)",
        {text_column(cluster.name), kind, seeds, cluster_state_column(cluster.state),
         cluster.last_contact.value_or(never), properties_column(properties)});
  }

  task<void> remove(std::string name) override {
    all_.count_write();
    CO_TRY(there, co_await cluster_exists(all_, name));
    if (!there) co_return missing(name);
    CO_TRY(runs, co_await indexed_runs(all_, name));
    if (!runs.empty()) co_return in_use(name, runs.size(), "runs");
    CO_TRY(schedules, co_await number_of_schedules(name));
    if (schedules > 0) co_return in_use(name, schedules, "schedules");
    CO_TRY_VOID(co_await remove_units(name));
    for (const auto* table : {"helenus_cluster", "cluster"}) {
      CO_TRY_VOID(co_await all_.ask.write(
          "DELETE FROM " + all_.ask.table(table) + " WHERE name = ?", {text_column(name)}));
    }
    co_return result<void>{};
  }

 private:
  using usernames = std::map<std::string, std::string>;

  static error missing(const std::string& name) {
    return error{errc::not_found, "no cluster '" + name + "' is registered"};
  }
  static error in_use(const std::string& name, std::size_t count, const char* what) {
    return error{errc::conflict,
                 "cluster '" + name + "' has " + std::to_string(count) + " " + what};
  }
  static void complete(model::cluster& found, const usernames& configured) {
    if (!found.jmx_password.empty()) return;
    const auto username = configured.find(found.name);
    if (username != configured.end()) found.jmx_username = username->second;
  }

  /// The users whose passwords are configured and not stored, by cluster.
  task<usernames> configured_usernames(std::optional<std::string> of = {}) {
    usernames configured;
    values with;
    if (of) with.emplace_back(text_column(*of));
    CO_TRY_VOID(co_await all_.ask.read(
        "SELECT name, jmx_username FROM " + all_.ask.table("helenus_cluster") +
            (of ? " WHERE name = ?" : ""),
        std::move(with), [&](const cql::row& row) -> result<void> {
          TRY(name, row.get<std::string>("name"));
          TRY(username, row.get<std::optional<std::string>>("jmx_username"));
          if (username) configured.emplace(text_from(name), text_from(*username));
          return {};
        }));
    co_return configured;
  }

  /// Empty: none.
  task<void> save_username(std::string name, std::string username) {
    CO_TRY(stored, co_await configured_usernames(name));
    const auto found = stored.find(name);
    if ((found == stored.end() ? std::string() : found->second) == username) {
      co_return result<void>{};
    }
    co_return co_await all_.ask.write(
        "INSERT INTO " + all_.ask.table("helenus_cluster") + " (name, jmx_username) VALUES (?, ?)",
        {text_column(name), username.empty() ? cql::value() : cql::value(text_column(username))});
  }

  task<std::optional<model::cluster>> find_row(std::string name) {
    CO_TRY(configured, co_await configured_usernames(name));
    std::optional<model::cluster> found;
    CO_TRY_VOID(co_await all_.ask.read(
        "SELECT " + std::string(columns) + " FROM " + all_.ask.table("cluster") + " WHERE name = ?",
        {text_column(name)}, [&](const cql::row& row) -> result<void> {
          TRY(cluster, read(row));
          complete(cluster, configured);
          found = std::move(cluster);
          return {};
        }));
    co_return found;
  }

  /// Those whose row is there. One that can not be read is.
  task<std::size_t> number_of_schedules(std::string name) {
    CO_TRY(ids, co_await indexed_schedules(all_, std::move(name), std::string(any_name)));
    std::size_t count = 0;
    for (const auto id : ids) {
      const auto found = co_await find_schedule(all_, id);
      if (found || found.error().code == make_error_code(errc::corrupt)) {
        ++count;
      } else if (found.error().code != make_error_code(errc::not_found)) {
        co_return found.error();
      }
    }
    co_return count;
  }

  task<void> remove_units(std::string name) {
    const values key{text_column(name)};
    std::vector<base::uuid> units;
    CO_TRY_VOID(co_await all_.ask.read("SELECT unit_id FROM " +
                                           all_.ask.table("helenus_unit_by_keyspace") +
                                           " WHERE cluster_name = ?",
                                       key, [&](const cql::row& row) -> result<void> {
                                         TRY(id, row.get<base::uuid>("unit_id"));
                                         units.push_back(id);
                                         return {};
                                       }));
    for (const auto& unit : units) {
      CO_TRY_VOID(co_await all_.ask.write(
          "DELETE FROM " + all_.ask.table("repair_unit_v1") + " WHERE id = ?", {unit}));
    }
    co_return co_await all_.ask.write(
        "DELETE FROM " + all_.ask.table("helenus_unit_by_keyspace") + " WHERE cluster_name = ?",
        key);
  }

  tables& all_;
};

}  // namespace

std::unique_ptr<cluster_store> make_cluster_table(tables& all) {
  return std::make_unique<cluster_table>(all);
}

}  // namespace helenus::storage::cassandra
