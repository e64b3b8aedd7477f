#include "storage/cassandra/schema/migration_runner.h"

#include "base/clock.h"
#include "base/task_group.h"
#include "cql/errc.h"
#include "storage/errc.h"
#include "support/cql_rows.h"
#include "support/run.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace helenus::storage::cassandra {
namespace {

using namespace std::chrono_literals;
using copies = std::map<std::string, int>;

/// A cluster without the tables, which notes what is done. The nodes agree, or never do.
class empty_cluster : public cql::session {
 public:
  task<cql::rows> execute(cql::statement what) override {
    if (what.text.starts_with("SELECT keyspace_name "))
      co_return test::cql_rows({test::cql_column<std::string>("keyspace_name")}, {{"state"}});
    if (what.text.starts_with("SELECT ")) co_return cql::rows{};
    done.emplace_back("write");
    co_return error{cql::errc::permission_missing, "enough is seen"};
  }
  task<cql::rows> execute_batch(cql::batch what) override {
    const auto& text = what.statements.front().text;
    done.emplace_back(text.starts_with("DELETE") ? "release" : "lock");
    co_return cql::rows{};
  }
  task<void> prepare(std::string) override { co_return result<void>{}; }
  task<void> change_schema(std::string) override {
    if (done.empty() || done.back() != "change") done.emplace_back("change");
    co_return result<void>{};
  }
  task<base::uuid> agree_on_schema() override {
    done.emplace_back("agree");
    if (!agrees) co_return error{cql::errc::schema_disagreement, "schema 7 from 10.0.0.1"};
    co_return base::uuid();
  }
  task<std::vector<cql::node>> nodes() override { co_return std::vector<cql::node>{}; }
  task<void> renew(std::optional<cql::credentials>,
                   std::shared_ptr<const net::tls_context>) override {
    co_return result<void>{};
  }
  task<void> close() override { co_return result<void>{}; }

  std::vector<std::string> done;  ///< what was done, changes in a row as one
  bool agrees = true;
};

result<void> migrate_to(empty_cluster& cluster) {
  boost::asio::io_context context;
  base::virtual_clock clock;
  return test::run(context, clock,
                   migrate(context.get_executor(), clock, cluster, {.keyspace = "state"},
                           [](const std::string&) {}));
}

TEST(migrate, nodes_of_every_datacenter_know_a_table_before_it_is_read_or_written) {
  empty_cluster cluster;
  EXPECT_FALSE(migrate_to(cluster).has_value());
  EXPECT_EQ(cluster.done,
            (std::vector<std::string>{"change", "agree", "lock", "change", "agree", "lock",
                                      "change", "agree", "write", "release", "release"}));
}

TEST(migrate, nodes_that_do_not_agree_are_told_and_nothing_is_written) {
  empty_cluster cluster;
  cluster.agrees = false;
  const auto outcome = migrate_to(cluster);
  EXPECT_EQ(outcome.error().code, errc::unavailable);
  // The first words are also what test/integration/topology_test.py looks for.
  for (const auto* told : {"waiting for all nodes to know the schema", "schema 7 from 10.0.0.1"})
    EXPECT_NE(outcome.error().detail.find(told), std::string::npos) << outcome.error().detail;
  EXPECT_EQ(cluster.done, (std::vector<std::string>{"change", "agree"}));
}

/// Takes its time for a change, once there are locks.
class slow_cluster : public empty_cluster {
 public:
  slow_cluster(base::virtual_clock& clock, base::clock::duration time)
      : clock_(clock), time_(time) {}

  task<void> change_schema(std::string statement) override {
    if (std::count(done.begin(), done.end(), "lock") == 2) {
      done.emplace_back("begin");
      co_await clock_.sleep_for(time_);
    }
    co_return co_await empty_cluster::change_schema(std::move(statement));
  }

 private:
  base::virtual_clock& clock_;
  base::clock::duration time_;
};

/// What was done when a change of this length is interrupted, and how long the migration went on.
std::pair<std::vector<std::string>, base::clock::duration> interrupt(base::clock::duration change) {
  boost::asio::io_context context;
  base::virtual_clock clock;
  slow_cluster cluster(clock, change);
  boost::asio::cancellation_signal stop;
  bool ended = false;
  boost::asio::co_spawn(context,
                        migrate(context.get_executor(), clock, cluster, {.keyspace = "state"},
                                [](const std::string&) {}),
                        boost::asio::bind_cancellation_slot(
                            stop.slot(), [&](const std::exception_ptr& unwound, result<void>) {
                              EXPECT_TRUE(unwound);
                              ended = true;
                            }));
  const auto has_ended = [&] { return ended; };
  clock.run_until(context, clock.now(), has_ended);
  EXPECT_FALSE(ended);
  const auto interrupted = clock.now();
  stop.emit(boost::asio::cancellation_type::terminal);
  clock.run_until(context, clock.now() + 1h, has_ended);
  EXPECT_TRUE(ended);
  return {cluster.done, clock.now() - interrupted};
}

TEST(migrate, ends_the_change_that_is_under_way_before_it_gives_its_locks_back) {
  const auto [done, took] = interrupt(3s);
  const std::vector<std::string> end(done.end() - 4, done.end());
  EXPECT_EQ(end, (std::vector<std::string>{"begin", "change", "release", "release"}));
  EXPECT_EQ(took, 3s);
}

TEST(migrate, does_not_wait_long_for_a_change_when_it_is_told_to_end) {
  const auto [done, took] = interrupt(10min);
  const std::vector<std::string> end(done.end() - 3, done.end());
  EXPECT_EQ(end, (std::vector<std::string>{"begin", "release", "release"}));
  EXPECT_EQ(took, 5s);
}

/// Keeps the two locks on the schema as Cassandra does: the conditions and the times of their rows.
class cluster_with_locks : public slow_cluster {
 public:
  struct lock {
    cql::value owner;
    cql::value holder;
    base::clock::time_point ends;
  };

  cluster_with_locks(base::virtual_clock& clock, base::clock::duration change)
      : slow_cluster(clock, change), clock_(clock) {}

  task<cql::rows> execute(cql::statement what) override {
    if (!what.text.starts_with("SELECT ") || what.text.find(" AS owner") == std::string::npos)
      co_return co_await slow_cluster::execute(std::move(what));
    const auto* now = find(table_of(what.text));
    if (!now) co_return cql::rows{};
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(now->ends - clock_.now());
    co_return test::cql_rows(
        {test::cql_column<base::uuid>("owner"), test::cql_column<std::string>("holder"),
         test::cql_column<std::int32_t>("seconds_left")},
        {{now->owner, now->holder, static_cast<std::int32_t>(left.count())}});
  }

  task<cql::rows> execute_batch(cql::batch what) override {
    const auto& [text, values] = what.statements.front();
    const auto table = table_of(text);
    const auto* now = find(table);
    const bool take = text.starts_with("INSERT ");
    const bool met = take ? !now : now && now->owner.bytes() == values.back().bytes();
    if (met && text.starts_with("DELETE ")) {
      done.emplace_back("release");
      locks.erase(table);
    } else if (met) {
      if (take) done.emplace_back("lock");
      const auto seconds = std::stoi(text.substr(text.find("USING TTL ") + 10));
      locks[table] = {values[take ? 1 : 0], values[take ? 2 : 1],
                      clock_.now() + std::chrono::seconds(seconds)};
    }
    co_return test::cql_rows({test::cql_column<bool>("[applied]")}, {{met}});
  }

  task<void> change_schema(std::string statement) override {
    CO_TRY_VOID(co_await slow_cluster::change_schema(std::move(statement)));
    if (std::count(done.begin(), done.end(), "begin") == 0) co_return result<void>{};
    if (find(ours) && find(of_reaper))
      ++changes_under_both;
    else
      ++changes_without;
    co_return result<void>{};
  }

  /// The row of a lock, unless its time is over.
  const lock* find(const std::string& table) const {
    const auto found = locks.find(table);
    return found == locks.end() || found->second.ends <= clock_.now() ? nullptr : &found->second;
  }
  /// As somebody else does once the time of the row is over.
  void take_over(const std::string& table, base::clock::duration time) {
    locks[table] = {base::uuid_source(7).next(clock_.wall_now()), "reaper-0", clock_.now() + time};
  }

  static constexpr auto ours = "helenus_lock";
  static constexpr auto of_reaper = "schema_migration_leader";
  std::map<std::string, lock> locks;
  int changes_under_both = 0;  ///< changes at whose end both locks were held
  int changes_without = 0;

 private:
  static std::string table_of(const std::string& text) {
    return text.find(of_reaper) != std::string::npos ? of_reaper : ours;
  }

  base::virtual_clock& clock_;
};

/// A migration with locks, each change of which takes the same time.
struct locked_migration {
  explicit locked_migration(base::clock::duration change) : cluster(clock, change) {}

  /// Does `meanwhile` so long after its begin.
  error run(base::clock::duration after = 0s, std::function<void()> meanwhile = [] {}) {
    const auto outcome = test::run(context, clock, beside(after, std::move(meanwhile)));
    EXPECT_FALSE(outcome);  // this cluster lets no row be written
    return outcome.error();
  }
  task<void> beside(base::clock::duration after, std::function<void()> meanwhile) {
    base::task_group group(context.get_executor());
    group.spawn("meanwhile", later(after, std::move(meanwhile)));
    const auto outcome = co_await migrate(
        context.get_executor(), clock, cluster, {.keyspace = "state", .holder = "pod-1"},
        [this](const std::string& line) { told.push_back(line); });
    CO_TRY_VOID(co_await group.join());
    co_return outcome;
  }
  task<void> later(base::clock::duration after, std::function<void()> what) {
    co_await clock.sleep_for(after);
    what();
    co_return result<void>{};
  }
  auto count(const std::string& what) const {
    return std::count(cluster.done.begin(), cluster.done.end(), what);
  }

  boost::asio::io_context context;
  base::virtual_clock clock;
  cluster_with_locks cluster;
  std::vector<std::string> told;
};

TEST(migrate, keeps_its_locks_for_as_long_as_it_takes_and_gives_them_back) {
  locked_migration migration(1min);
  const auto begun = migration.clock.now();
  const auto ended = migration.run();
  EXPECT_NE(ended.detail.find("enough is seen"), std::string::npos) << ended.detail;
  EXPECT_GT(migration.clock.now() - begun, 10min);
  EXPECT_GT(migration.cluster.changes_under_both, 10);
  EXPECT_EQ(migration.cluster.changes_without, 0);
  EXPECT_TRUE(migration.cluster.locks.empty());
}

TEST(migrate, ends_with_its_lock_and_begins_no_other_change) {
  for (const std::string lost : {cluster_with_locks::ours, cluster_with_locks::of_reaper}) {
    locked_migration migration(12s);
    auto& cluster = migration.cluster;
    const auto ended = migration.run(6s, [&] { cluster.take_over(lost, 300s); });
    EXPECT_EQ(ended.code, errc::unavailable) << lost;  // worth another attempt
    EXPECT_NE(ended.detail.find("was lost to another migration"), std::string::npos)
        << ended.detail;
    EXPECT_EQ(migration.count("begin"), 1) << lost;
    EXPECT_EQ(migration.count("write"), 0) << lost;
    // That of the other one stays.
    ASSERT_EQ(cluster.locks.size(), 1U) << lost;
    ASSERT_TRUE(cluster.find(lost)) << lost;
    EXPECT_EQ(cluster.find(lost)->holder.bytes(), "reaper-0") << lost;
  }
}

TEST(migrate, waits_for_a_reaper_that_changes_the_schema_and_keeps_others_away_itself) {
  locked_migration migration(1s);
  auto& cluster = migration.cluster;
  cluster.take_over(cluster_with_locks::of_reaper, 8s);
  bool looked = false;
  const auto ended = migration.run(7s, [&] {
    looked = true;
    EXPECT_EQ(migration.count("begin"), 0);
  });
  EXPECT_TRUE(looked);
  EXPECT_NE(ended.detail.find("enough is seen"), std::string::npos) << ended.detail;
  std::vector<std::string> waits;
  for (const auto& line : migration.told)
    if (line.starts_with("waiting for")) waits.push_back(line);
  const auto wait_of = [](int seconds) {
    return "waiting for another migration, of reaper-0: its lock expires in " +
           std::to_string(seconds) + " s unless it is renewed";
  };
  EXPECT_EQ(waits, (std::vector{wait_of(8), wait_of(6), wait_of(4), wait_of(2)}));
  EXPECT_GT(cluster.changes_under_both, 10);
  EXPECT_EQ(cluster.changes_without, 0);
  EXPECT_TRUE(cluster.locks.empty());
}

TEST(sensible_replication, is_three_copies_in_each_datacenter_that_has_as_many_nodes) {
  EXPECT_EQ(sensible_replication({{"dc1", 1}}), (copies{{"dc1", 1}}));
  EXPECT_EQ(sensible_replication({{"dc1", 3}, {"dc2", 12}}), (copies{{"dc1", 3}, {"dc2", 3}}));
  EXPECT_EQ(sensible_replication({{"dc1", 2}, {"dc2", 5}}), (copies{{"dc1", 2}, {"dc2", 3}}));
}

}  // namespace
}  // namespace helenus::storage::cassandra
