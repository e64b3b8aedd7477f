#include "base/task_group.h"
#include "cql/errc.h"
#include "integration/cql/real_cluster.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace helenus::test {
namespace {

using cql::batch;
using cql::errc;
using cql::request_options;
using cql::rows;
using cql::session;
using cql::value;

constexpr request_options conditional{.consistency = cql::consistency::quorum, .lightweight = true};

/// Sessions in the keyspace of the test, with tables of its own.
class session_test : public real_cluster_test {
 public:
  task<session_pointer> connect() {
    auto options = real_options();
    options.keyspace = keyspace;
    return cql::connect(clock, std::move(options));
  }
};

task<rows> run_cql(session& on, std::string text, std::vector<value> values = {},
                   request_options how = {}) {
  return on.execute({.text = std::move(text), .values = std::move(values), .how = how});
}

TEST_F(session_test, every_type_of_the_schema_comes_back_as_it_went) {
  expect([](session_test& test) -> task<void> {
    CO_TRY(db, co_await test.connect());
    CO_TRY_VOID(co_await db->change_schema(
        "CREATE TABLE types (id timeuuid PRIMARY KEY, t text, b bigint, i int, s smallint, "
        "n tinyint, o boolean, u uuid, w timestamp, l blob, d double, f float, a inet, v varint, "
        "st set<text>, su set<timeuuid>, li list<int>, m frozen<map<text, text>>, missing text)"));
    const auto id = base::uuid::parse("5e0c1a20-0000-11ef-8000-010203040506").value();
    const std::map<std::string, std::string> replicas{{"10.0.0.1", "dc1"}, {"10.0.0.2", ""}};
    const auto at = cql::timestamp(std::chrono::milliseconds(1'780'000'000'123));
    const auto address = boost::asio::ip::make_address("2001:db8::1");
    const auto token = -(cql::int128{1} << 126) + 17;
    CO_TRY_VOID(co_await run_cql(
        *db,
        "INSERT INTO types (id, t, b, i, s, n, o, u, w, l, d, f, a, v, st, su, li, m, missing) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {id, "día", std::int64_t{-5}, 7, std::int16_t{-3}, std::int8_t{2}, true, id, at,
         cql::blob{0, 255}, 0.9, 1.5F, address, token, std::set<std::string>{"a", "b"},
         std::set<base::uuid>{id}, std::vector<std::int32_t>{3, 1}, replicas, nullptr}));
    CO_TRY(found, co_await run_cql(*db,
                                   "SELECT t, b, i, s, n, o, u, w, l, d, f, a, v, st, su, li, m, "
                                   "missing FROM types WHERE id = ?",
                                   {id}));
    if (found.size() != 1) co_return error{base::errc::not_found, "the row"};
    const auto row = found[0];
    EXPECT_EQ(row.get<std::string>("t").value(), "día");
    EXPECT_EQ(row.get<std::int64_t>("b").value(), -5);
    EXPECT_EQ(row.get<std::int32_t>("i").value(), 7);
    EXPECT_EQ(row.get<std::int16_t>("s").value(), -3);
    EXPECT_EQ(row.get<std::int8_t>("n").value(), 2);
    EXPECT_EQ(row.get<bool>("o").value(), true);
    EXPECT_EQ(row.get<base::uuid>("u").value(), id);
    EXPECT_EQ(row.get<cql::timestamp>("w").value(), at);
    EXPECT_EQ(row.get<cql::blob>("l").value(), (cql::blob{0, 255}));
    EXPECT_EQ(row.get<double>("d").value(), 0.9);
    EXPECT_EQ(row.get<float>("f").value(), 1.5F);
    EXPECT_EQ(row.get<cql::inet>("a").value(), address);
    EXPECT_TRUE(row.get<cql::int128>("v").value() == token);
    EXPECT_EQ(row.get<std::set<std::string>>("st").value().size(), 2u);
    EXPECT_EQ(row.get<std::set<base::uuid>>("su").value(), std::set{id});
    EXPECT_EQ(row.get<std::vector<std::int32_t>>("li").value(), (std::vector{3, 1}));
    EXPECT_EQ((row.get<std::map<std::string, std::string>>("m").value()), replicas);
    EXPECT_FALSE(row.has("missing"));
    co_return co_await db->close();
  }(*this));
}

TEST_F(session_test, an_answer_comes_page_by_page) {
  expect([](session_test& test) -> task<void> {
    CO_TRY(db, co_await test.connect());
    CO_TRY_VOID(
        co_await db->change_schema("CREATE TABLE pages (p int, c int, PRIMARY KEY (p, c))"));
    batch filling{.kind = batch::kind::unlogged, .statements = {}, .how = {}};
    for (int c = 0; c < 25; ++c)
      filling.statements.push_back({"INSERT INTO pages (p, c) VALUES (?, ?)", {1, c}});
    CO_TRY_VOID(co_await db->execute_batch(filling));
    cql::statement query{.text = "SELECT c FROM pages WHERE p = ?",
                         .values = {1},
                         .how = {.page_size = 10},
                         .paging_state = {}};
    std::vector<std::int32_t> seen;
    int pages = 0;
    do {
      CO_TRY(page, co_await db->execute(query));
      for (const auto row : page) seen.push_back(row.get<std::int32_t>("c").value());
      query.paging_state = page.paging_state();
      ++pages;
    } while (!query.paging_state.empty());
    EXPECT_EQ(pages, 3);
    EXPECT_EQ(seen.size(), 25u);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    co_return co_await db->close();
  }(*this));
}

TEST_F(session_test, a_condition_tells_whether_it_was_met_and_what_is_stored) {
  expect([](session_test& test) -> task<void> {
    CO_TRY(db, co_await test.connect());
    CO_TRY_VOID(co_await db->change_schema("CREATE TABLE leader (id int PRIMARY KEY, owner text)"));
    const std::string take = "INSERT INTO leader (id, owner) VALUES (?, ?) IF NOT EXISTS";
    CO_TRY(first, co_await run_cql(*db, take, {1, "me"}, conditional));
    EXPECT_TRUE(first.applied());
    CO_TRY(second, co_await run_cql(*db, take, {1, "you"}, conditional));
    EXPECT_FALSE(second.applied());
    EXPECT_EQ(second[0].get<std::string>("owner").value(), "me");
    CO_TRY(read, co_await run_cql(*db, "SELECT owner FROM leader WHERE id = ?", {1},
                                  {.serial_read = true}));
    EXPECT_EQ(read[0].get<std::string>("owner").value(), "me");
    // A flag that promises a condition where there is none is found out.
    auto none = co_await run_cql(*db, "INSERT INTO leader (id, owner) VALUES (?, ?)", {2, "me"},
                                 conditional);
    EXPECT_EQ(none.error().code, errc::malformed);
    co_return co_await db->close();
  }(*this));
}

TEST_F(session_test, a_conditional_batch_is_all_or_nothing) {
  expect([](session_test& test) -> task<void> {
    CO_TRY(db, co_await test.connect());
    CO_TRY_VOID(co_await db->change_schema(
        "CREATE TABLE held (run int, node text, owner text, PRIMARY KEY (run, node))"));
    const std::string take = "UPDATE held SET owner = ? WHERE run = ? AND node = ? IF owner = null";
    batch two{.kind = batch::kind::logged,
              .statements = {{take, {"me", 1, "n1"}}, {take, {"me", 1, "n2"}}},
              .how = conditional};
    CO_TRY(taken, co_await db->execute_batch(two));
    EXPECT_TRUE(taken.applied());
    batch other{.kind = batch::kind::logged,
                .statements = {{take, {"you", 1, "n2"}}, {take, {"you", 1, "n3"}}},
                .how = conditional};
    CO_TRY(refused, co_await db->execute_batch(other));
    EXPECT_FALSE(refused.applied());
    CO_TRY(rows, co_await run_cql(*db, "SELECT node, owner FROM held WHERE run = ?", {1}));
    EXPECT_EQ(rows.size(), 2u);
    for (const auto row : rows) EXPECT_EQ(row.get<std::string>("owner").value(), "me");
    co_return co_await db->close();
  }(*this));
}

TEST_F(session_test, what_the_cluster_does_not_accept_is_said_with_its_reason) {
  expect([](session_test& test) -> task<void> {
    CO_TRY(db, co_await test.connect());
    CO_TRY_VOID(co_await db->change_schema("CREATE TABLE faulty (id int PRIMARY KEY, n bigint)"));
    const auto again = co_await db->change_schema("CREATE TABLE faulty (id int PRIMARY KEY)");
    EXPECT_EQ(again.error().code, errc::already_exists);
    const auto syntax = co_await db->prepare("SELEKT 1");
    EXPECT_EQ(syntax.error().code, errc::invalid);
    EXPECT_NE(syntax.error().detail.find("remote: "), std::string::npos) << syntax.error().detail;
    const auto unknown = co_await run_cql(*db, "SELECT x FROM no_such_table");
    EXPECT_EQ(unknown.error().code, errc::invalid);
    const std::string insert = "INSERT INTO faulty (id, n) VALUES (?, ?)";
    EXPECT_EQ((co_await run_cql(*db, insert, {1, 2})).error().code, errc::wrong_type);
    EXPECT_EQ((co_await run_cql(*db, insert, {1})).error().code, errc::invalid);
    EXPECT_EQ((co_await db->change_schema("DROP TABLE nothing_here")).error().code, errc::invalid);
    co_return co_await db->close();
  }(*this));
}

TEST_F(session_test, many_requests_share_the_connection) {
  expect([](session_test& test) -> task<void> {
    CO_TRY(db, co_await test.connect());
    CO_TRY_VOID(co_await db->change_schema("CREATE TABLE many (id int PRIMARY KEY, v text)"));
    base::task_group group(co_await boost::asio::this_coro::executor);
    for (int id = 0; id < 200; ++id) {
      group.spawn("insert", [](session& on, int key) -> task<void> {
        CO_TRY_VOID(co_await run_cql(on, "INSERT INTO many (id, v) VALUES (?, ?)",
                                     {key, std::string(1000, 'x')}, {.idempotent = true}));
        co_return result<void>{};
      }(*db, id));
    }
    CO_TRY_VOID(co_await group.join());
    CO_TRY(count, co_await run_cql(*db, "SELECT count(*) FROM many"));
    EXPECT_EQ(count[0].get<std::int64_t>("count").value(), 200);
    co_return co_await db->close();
  }(*this));
}

TEST_F(session_test, more_requests_than_allowed_are_refused) {
  expect([](session_test& test) -> task<void> {
    auto options = real_options();
    options.requests_in_flight = 1;
    CO_TRY(db, co_await cql::connect(test.clock, std::move(options)));
    const std::string query = "SELECT cluster_name FROM system.local WHERE key = 'local'";
    CO_TRY_VOID(co_await db->prepare(query));
    base::task_group group(co_await boost::asio::this_coro::executor);
    int refused = 0;
    for (int turn = 0; turn < 2; ++turn) {
      group.spawn("read", [](session& on, std::string text, int& count) -> task<void> {
        const auto outcome = co_await run_cql(on, std::move(text));
        if (!outcome && outcome.error().code == errc::limit_exceeded) ++count;
        co_return result<void>{};
      }(*db, query, refused));
    }
    CO_TRY_VOID(co_await group.join());
    EXPECT_EQ(refused, 1);
    co_return co_await db->close();
  }(*this));
}

TEST_F(session_test, the_nodes_of_the_cluster_are_known) {
  expect([](session_test& test) -> task<void> {
    auto options = real_options();
    const auto all = options.contact_points.size();
    options.nodes = 1;
    CO_TRY(db, co_await cql::connect(test.clock, std::move(options)));
    CO_TRY(nodes, co_await db->nodes());
    EXPECT_EQ(nodes.size(), all);
    std::size_t connected = 0;
    for (const auto& node : nodes) {
      EXPECT_EQ(node.datacenter, "dc1");
      EXPECT_FALSE(node.host_id.is_nil());
      connected += node.connected ? 1 : 0;
    }
    EXPECT_EQ(connected, 1u);
    CO_TRY(version, co_await db->agree_on_schema());
    EXPECT_FALSE(version.is_nil());
    co_return co_await db->close();
  }(*this));
}

/// A table in a keyspace of more replicas than there are nodes: a majority of them is unavailable.
class consistency_test : public session_test {
 public:
  task<void> prepare(session& on, int replicas) {
    const auto replication = " WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': " +
                             std::to_string(replicas) + "}";
    const auto far = keyspace + "_far";
    table = far + ".t";
    CO_TRY_VOID(co_await on.change_schema("CREATE KEYSPACE IF NOT EXISTS " + far + replication));
    CO_TRY_VOID(co_await on.change_schema("ALTER KEYSPACE " + far + replication));
    co_return co_await on.change_schema("CREATE TABLE IF NOT EXISTS " + table +
                                        " (id int PRIMARY KEY, n int)");
  }
  task<rows> write(session& on, request_options how) {
    const std::string condition = how.lightweight ? " IF NOT EXISTS" : "";
    return run_cql(on, "INSERT INTO " + table + " (id, n) VALUES (?, ?)" + condition, {1, 1}, how);
  }
  task<rows> read(session& on, request_options how) {
    return run_cql(on, "SELECT n FROM " + table + " WHERE id = ?", {1}, how);
  }
  task<rows> write_batch(session& on, request_options how) {
    return on.execute_batch({.kind = batch::kind::logged,
                             .statements = {{"DELETE FROM " + table + " WHERE id = ?", {1}}},
                             .how = how});
  }
  static void expect_refusal(const result<rows>& outcome, errc code, std::string_view told) {
    ASSERT_FALSE(outcome.has_value()) << told;
    EXPECT_EQ(outcome.error().code, code) << outcome.error().detail;
    EXPECT_NE(outcome.error().detail.find(told), std::string::npos) << outcome.error().detail;
  }

  std::string table;
};

TEST_F(consistency_test, the_cluster_sees_the_consistency_that_was_asked_for) {
  expect([](consistency_test& test) -> task<void> {
    CO_TRY(db, co_await test.connect());
    CO_TRY_VOID(co_await test.prepare(*db, 7));
    using cql::consistency;
    for (const auto enough : {consistency::one, consistency::local_one, consistency::two}) {
      CO_TRY_VOID(co_await test.write(*db, {.consistency = enough}));
      CO_TRY_VOID(co_await test.read(*db, {.consistency = enough}));
    }
    const std::vector<std::pair<std::optional<consistency>, std::string_view>> too_much{
        {consistency::quorum, "(consistency: Quorum, required: 4"},
        {consistency::all, "(consistency: All, required: 7"},
        {consistency::local_quorum, "(consistency: LocalQuorum, required: 4"},
        {consistency::each_quorum, "(consistency: EachQuorum, required: 4"},
        {std::nullopt, "(consistency: LocalQuorum, required: 4"}};  // the session's
    for (const auto& [asked, told] : too_much) {
      const request_options how{.consistency = asked};
      expect_refusal(co_await test.write(*db, how), errc::unavailable, told);
      // Some of its statements may have been sent before another was refused.
      expect_refusal(co_await test.write_batch(*db, how), errc::outcome_unknown, told);
    }
    // Once: a read is tried a second time after two seconds.
    CO_TRY_VOID(co_await test.prepare(*db, 1));
    expect_refusal(co_await test.read(*db, {.consistency = consistency::three}), errc::unavailable,
                   "(consistency: Three, required: 3, alive: 1)");
    co_return co_await db->close();
  }(*this));
}

TEST_F(consistency_test, the_cluster_sees_among_which_replicas_a_condition_is_to_be_decided) {
  expect([](consistency_test& test) -> task<void> {
    CO_TRY(db, co_await test.connect());
    CO_TRY_VOID(co_await test.prepare(*db, 7));
    const auto is_local = [](const result<rows>& outcome) {
      return !outcome && outcome.error().detail.find("(consistency: Local") != std::string::npos;
    };
    // Some versions tell it as SERIAL, some as the QUORUM that it is.
    request_options how{.consistency = cql::consistency::one, .lightweight = true};
    const auto global = co_await test.write(*db, how);
    EXPECT_EQ(global.error().code, errc::outcome_unknown) << global.error().detail;
    EXPECT_FALSE(is_local(global)) << global.error().detail;
    how.serial_consistency = cql::serial_consistency::local_serial;
    const auto local = co_await test.write(*db, how);
    EXPECT_TRUE(is_local(local)) << local.error().detail;
    how.lightweight = false;
    how.serial_read = true;
    const auto read = co_await test.read(*db, how);
    EXPECT_EQ(read.error().code, errc::unavailable) << read.error().detail;
    EXPECT_TRUE(is_local(read)) << read.error().detail;
    co_return co_await db->close();
  }(*this));
}

/// Of versions that tell what their clients asked for when they connected.
using client_list_test = session_test;

TEST_F(client_list_test, frames_are_compressed_as_the_cluster_sees_it) {
  expect([](client_list_test& test) -> task<void> {
    CO_TRY(db, co_await test.connect());
    CO_TRY(clients,
           co_await run_cql(*db, "SELECT driver_name, client_options FROM system_views.clients"));
    int own = 0;
    for (const auto client : clients) {
      CO_TRY(name, client.get<std::optional<std::string>>("driver_name"));
      if (!name || *name != "ScyllaDB Rust Driver") continue;
      ++own;
      CO_TRY(options, (client.get<std::map<std::string, std::string>>("client_options")));
      // What the driver asks for and the node agrees to.
      EXPECT_EQ(options["COMPRESSION"], "lz4");
    }
    EXPECT_GT(own, 0);
    co_return co_await db->close();
  }(*this));
}

TEST_F(session_test, nothing_can_be_asked_of_a_closed_session) {
  expect([](session_test& test) -> task<void> {
    CO_TRY(db, co_await test.connect());
    CO_TRY_VOID(co_await db->close());
    EXPECT_EQ((co_await db->nodes()).error().code, errc::closed);
    co_return co_await db->close();
  }(*this));
}

}  // namespace
}  // namespace helenus::test
