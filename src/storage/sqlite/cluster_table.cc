#include "storage/errc.h"
#include "storage/row_rules.h"
#include "storage/sqlite/columns.h"
#include "storage/sqlite/tables.h"

namespace helenus::storage::sqlite {
namespace {

using helenus::sqlite::rows;

constexpr std::string_view select_all =
    "SELECT name, partitioner, seed_hosts, state, last_contact, jmx_port, jmx_username, "
    "jmx_password FROM cluster "
    "ORDER BY name";
constexpr std::string_view select_one =
    "SELECT name, partitioner, seed_hosts, state, last_contact, jmx_port, jmx_username, "
    "jmx_password FROM cluster "
    "WHERE name = ?";

result<model::cluster> cluster_of(const rows& row) {
  model::cluster cluster;
  cluster.name = row.text(0);
  if (!row.is_null(1)) {
    auto kind = model::parse_partitioner(row.text(1));
    if (!kind) return damaged("a partitioner", row.text(1));
    cluster.kind = *kind;
  }
  TRY(seeds, names_from(row.text(2)));
  cluster.seed_hosts = std::move(seeds);
  TRY(state, cluster_state_from(row.text(3)));
  cluster.state = state;
  if (!row.is_null(4)) cluster.last_contact = time_from(row.integer(4));
  cluster.jmx_port = static_cast<std::uint16_t>(row.integer(5));
  cluster.jmx_username = row.text(6);
  cluster.jmx_password = base::secret(row.text(7));
  if (auto valid = check(cluster); !valid) return damaged("a cluster", valid.error().message());
  return cluster;
}

class cluster_table final : public cluster_store {
 public:
  explicit cluster_table(database& db) : db_(db) {}

  task<std::vector<model::cluster>> all() override {
    return read(db_, [](connection& db) -> result<std::vector<model::cluster>> {
      std::vector<model::cluster> found;
      TRY(running, db.query(select_all));
      while (true) {
        TRY(more, running.next());
        if (!more) return found;
        TRY(cluster, cluster_of(running));
        found.push_back(std::move(cluster));
      }
    });
  }

  task<model::cluster> find(std::string name) override {
    return read(db_, [name = std::move(name)](connection& db) -> result<model::cluster> {
      TRY(running, db.query(select_one, name));
      TRY(there, running.next());
      if (!there) return missing(name);
      return cluster_of(running);
    });
  }

  task<void> save(model::cluster cluster) override {
    return write(db_, [row = std::move(cluster)](connection& db) -> result<void> {
      TRY_VOID(check(row));
      std::optional<std::string_view> kind;
      if (row.kind) kind = model::to_string(*row.kind);
      TRY_VOID(db.change(
          "INSERT INTO cluster (name, partitioner, seed_hosts, state, last_contact, jmx_port, "
          "jmx_username, jmx_password) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (name) "
          "DO UPDATE SET partitioner = ?2, seed_hosts = ?3, state = ?4, last_contact = ?5, "
          "jmx_port = ?6, jmx_username = ?7, jmx_password = ?8",
          row.name, kind, column_of(row.seed_hosts), column_of(row.state),
          column_of(row.last_contact), int{row.jmx_port}, row.jmx_username,
          row.jmx_password.reveal()));
      return {};
    });
  }

  task<void> remove(std::string name) override {
    return write(db_, [name = std::move(name)](connection& db) -> result<void> {
      TRY(runs, number_of_runs(db, name));
      if (runs > 0) return in_use(name, runs, "runs");
      TRY(schedules, number_of_schedules(db, name));
      if (schedules > 0) return in_use(name, schedules, "schedules");
      TRY_VOID(db.change("DELETE FROM unit WHERE cluster = ?", name));
      TRY(removed, db.change("DELETE FROM cluster WHERE name = ?", name));
      if (removed == 0) return missing(name);
      return {};
    });
  }

 private:
  static error missing(const std::string& name) {
    return error{storage::errc::not_found, "no cluster '" + name + "' is registered"};
  }

  static error in_use(const std::string& name, std::int64_t count, const char* what) {
    return error{storage::errc::conflict,
                 "cluster '" + name + "' has " + std::to_string(count) + " " + what};
  }

  static result<std::int64_t> number_of_schedules(connection& db, const std::string& name) {
    TRY(running, db.query("SELECT count(*) FROM schedule JOIN unit ON unit.key = schedule.unit "
                          "WHERE unit.cluster = ?",
                          name));
    TRY_VOID(running.next());
    return running.integer(0);
  }

  static result<std::int64_t> number_of_runs(connection& db, const std::string& name) {
    TRY(running, db.query("SELECT count(*) FROM run JOIN unit ON unit.key = run.unit "
                          "WHERE unit.cluster = ?",
                          name));
    TRY_VOID(running.next());
    return running.integer(0);
  }

  database& db_;
};

}  // namespace

std::unique_ptr<cluster_store> make_cluster_table(database& db) {
  return std::make_unique<cluster_table>(db);
}

}  // namespace helenus::storage::sqlite
