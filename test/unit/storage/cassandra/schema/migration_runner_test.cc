#include "storage/cassandra/schema/migration_runner.h"

#include "base/clock.h"
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
#include <utility>

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

TEST(sensible_replication, is_three_copies_in_each_datacenter_that_has_as_many_nodes) {
  EXPECT_EQ(sensible_replication({{"dc1", 1}}), (copies{{"dc1", 1}}));
  EXPECT_EQ(sensible_replication({{"dc1", 3}, {"dc2", 12}}), (copies{{"dc1", 3}, {"dc2", 3}}));
  EXPECT_EQ(sensible_replication({{"dc1", 2}, {"dc2", 5}}), (copies{{"dc1", 2}, {"dc2", 3}}));
}

}  // namespace
}  // namespace helenus::storage::cassandra
