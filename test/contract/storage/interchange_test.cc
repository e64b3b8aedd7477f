// Rows as Cassandra Reaper writes them, read and gone on with by us; and ours as it reads them.
#include "contract/storage/cassandra.h"
#include "contract/storage/fixture.h"
#include "support/captured_log.h"

#include <string>

namespace helenus::storage::test {
namespace {

constexpr const char* run_id = "10000000-0000-11f0-8000-000000000001";
constexpr const char* unit_id = "10000000-0000-11f0-8000-000000000002";
constexpr const char* first_id = "10000000-0000-11f0-8000-000000000003";
constexpr const char* host_id = "40000000-0000-41f0-8000-000000000001";
constexpr const char* second_id = "10000001-0000-11f0-8000-000000000004";

template <class Id>
Id id_of(const char* text) {
  return Id(*base::uuid::parse(text));
}

class interchange : public storage_contract {
 protected:
  cql::rows beside(std::string statement) {
    auto answer = wait(run_beside(statement));
    EXPECT_TRUE(answer) << statement << ": " << (answer ? "" : answer.error().message());
    return answer ? std::move(*answer) : cql::rows();
  }

  void write_cluster(const std::string& name, const std::string& properties) {
    beside(
        "INSERT INTO %cluster (name, partitioner, seed_hosts, properties, state, last_contact) "
        "VALUES ('" +
        name + "', 'org.apache.cassandra.dht.Murmur3Partitioner', {'10.0.0.2', '10.0.0.1'}, '" +
        properties + "', 'ACTIVE', '2026-05-20 00:00:00+0000')");
  }

  void write_unit(const std::string& incremental) {
    beside(
        "INSERT INTO %repair_unit_v1 (id, cluster_name, keyspace_name, column_families, "
        "incremental_repair, nodes, \"datacenters\", blacklisted_tables, repair_thread_count, "
        "timeout) VALUES (" +
        std::string(unit_id) + ", 'prod', 'shop', null, " + incremental +
        ", null, null, null, 1, 30)");
  }

  void write_run(const std::string& state, const std::string& pause_time) {
    const std::string run(run_id);
    const std::string unit(unit_id);
    beside(
        "INSERT INTO %repair_run (id, cluster_name, repair_unit_id, cause, owner, state, "
        "creation_time, start_time, end_time, pause_time, intensity, last_event, segment_count, "
        "repair_parallelism, tables, adaptive_schedule) VALUES (" +
        run + ", 'prod', " + unit +
        ", 'scheduled run (schedule id 10000000-0000-11f0-8000-000000000009)', "
        "'auto-scheduling', '" +
        state + "', 1000, 2000, null, " + pause_time +
        ", 0.9, 'no events', 2, 'dc_parallel', {'b', 'a'}, false)");
    beside(
        "INSERT INTO %repair_run_by_cluster_v2 (cluster_name, id, repair_run_state) VALUES "
        "('prod', " +
        run + ", '" + state + "')");
    beside("INSERT INTO %repair_run_by_unit (repair_unit_id, id) VALUES (" + unit + ", " + run +
           ")");
  }

  void write_segment(const char* id, int start, int state, const std::string& more) {
    beside("UPDATE %repair_run SET start_token = " + std::to_string(start) + ", end_token = " +
           std::to_string(start + 100) + ", token_ranges = '[{\"start\":" + std::to_string(start) +
           ",\"end\":" + std::to_string(start + 100) +
           "},{\"start\":500,\"end\":600}]', segment_state = " + std::to_string(state) +
           ", fail_count = 0, replicas = {'10.0.0.1': 'dc1', '10.0.0.2': 'dc1'}, host_id = null" +
           more + " WHERE id = " + run_id + " AND segment_id = " + id);
  }

  void write_run_in_progress(const std::string& state = "RUNNING",
                             const std::string& pause_time = "null") {
    write_cluster("prod", R"({"jmxPort":7199,"jmxCredentials":null})");
    write_unit("false");
    write_run(state, pause_time);
    write_segment(first_id, 0, 2,
                  ", coordinator_host = '10.0.0.1', segment_start_time = 3000, segment_end_time = "
                  "4000");
    write_segment(second_id, 100, 3, ", coordinator_host = '10.0.0.2', segment_start_time = 5000");
  }

  /// Two nodes, of which the second is being repaired.
  void write_incremental_run() {
    write_cluster("prod", R"({"jmxPort":7199,"jmxCredentials":null})");
    write_unit("true");
    write_run("RUNNING", "null");
    const auto write_node = [this](const char* id, const std::string& values) {
      beside(
          "INSERT INTO %repair_run (id, segment_id, repair_unit_id, start_token, end_token, "
          "fail_count, replicas, host_id, segment_state, coordinator_host, segment_start_time) "
          "VALUES (" +
          std::string(run_id) + ", " + id + ", " + unit_id + ", 0, 100, 0, {}, " + host_id + ", " +
          values + ")");
    };
    write_node(first_id, "0, '10.0.0.1', null");
    write_node(second_id, "3, '10.0.0.2', 5000");
  }

  /// What Reaper writes of a whole node once.
  void expect_untouched_plan(const char* segment) {
    const auto row = beside(std::string("SELECT start_token, end_token, token_ranges, replicas, "
                                        "host_id FROM %repair_run WHERE id = ") +
                            run_id + " AND segment_id = " + segment);
    EXPECT_TRUE(*row[0].get<cql::int128>("start_token") == 0);
    EXPECT_TRUE(*row[0].get<cql::int128>("end_token") == 100);
    EXPECT_FALSE(row[0].has("token_ranges"));
    EXPECT_EQ(row[0].get<base::uuid>("host_id")->to_string(), host_id);
    using text_map = std::map<std::string, std::string>;
    EXPECT_TRUE(row[0].get<text_map>("replicas")->empty());
  }

  cql::rows stored(const char* segment) {
    return beside(std::string("SELECT segment_state, coordinator_host, segment_start_time, "
                              "segment_end_time, fail_count, token_ranges FROM %repair_run WHERE "
                              "id = ") +
                  run_id + " AND segment_id = " + segment);
  }

  model::run_id run_ = id_of<model::run_id>(run_id);
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(interchange);
INSTANTIATE_TEST_SUITE_P(with_reaper, interchange,
                         ::testing::ValuesIn(has_cassandra() ? std::vector{implementations().back()}
                                                             : std::vector<implementation>{}),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(interchange, a_run_in_progress_is_gone_on_with) {
  write_run_in_progress();
  const auto summaries = *wait(runs().summaries({.states = {model::run_state::running}}));
  ASSERT_EQ(summaries.size(), 1u);
  EXPECT_EQ(summaries[0].run.cause,
            "scheduled run (schedule id 10000000-0000-11f0-8000-000000000009)");
  EXPECT_EQ(summaries[0].run.tables, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(summaries[0].run.parallelism, model::repair_parallelism::datacenter_aware);
  EXPECT_EQ(summaries[0].unit.keyspace, "shop");
  EXPECT_EQ(summaries[0].unit.timeout, std::chrono::minutes(30));
  EXPECT_EQ(summaries[0].segments, (segment_counts{.total = 2, .done = 1, .running = 1}));

  const auto open = *wait(segments().unfinished(run_));
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].ranges, (std::vector{range(100, 200), range(500, 600)}));
  EXPECT_EQ(open[0].state, model::segment_state::started);
  EXPECT_EQ(open[0].coordinator, "10.0.0.2");
  auto postponed = open[0];
  postponed.state = model::segment_state::not_started;
  postponed.coordinator.reset();
  postponed.start_time.reset();
  ++postponed.fail_count;
  postponed.last_error = "the coordinator is gone";
  postponed.stored = *wait(segments().replace(postponed));
  const auto reset = stored(second_id);
  EXPECT_EQ(*reset[0].get<std::int32_t>("segment_state"), 0);
  EXPECT_EQ(*reset[0].get<std::int32_t>("fail_count"), 1);
  EXPECT_FALSE(reset[0].has("coordinator_host"));
  EXPECT_FALSE(reset[0].has("segment_start_time"));

  ASSERT_TRUE(wait(segments().replace(running(postponed))));
  EXPECT_EQ(*stored(second_id)[0].get<std::int32_t>("segment_state"), 1);
}

TEST_P(interchange, a_paused_run_is_resumed) {
  write_run_in_progress("PAUSED", "6000");
  auto run = *wait(runs().find(run_));
  EXPECT_EQ(run.pause_time, model::wall_time(std::chrono::seconds(6)));
  run.state = model::run_state::running;
  run.pause_time.reset();
  ASSERT_TRUE(wait(runs().replace(run)));
  const auto index = beside("SELECT repair_run_state FROM %repair_run_by_cluster_v2");
  EXPECT_EQ(*index[0].get<std::string>("repair_run_state"), "RUNNING");
  const auto row =
      beside(std::string("SELECT state, pause_time FROM %repair_run WHERE id = ") + run_id);
  EXPECT_EQ(*row[0].get<std::string>("state"), "RUNNING");
  EXPECT_FALSE(row[0].has("pause_time"));
}

TEST_P(interchange, a_segment_that_reaper_has_taken_over_can_not_be_written_over) {
  write_run_in_progress();
  const auto seen = wait(segments().unfinished(run_))->front();
  beside(std::string("UPDATE %repair_run SET segment_state = 0, coordinator_host = null, "
                     "segment_start_time = null, fail_count = 1 WHERE id = ") +
         run_id + " AND segment_id = " + second_id);
  auto mine = done(seen);
  EXPECT_EQ(wait(segments().replace(mine)).error().code, errc::superseded);
  EXPECT_EQ(*stored(second_id)[0].get<std::int32_t>("segment_state"), 0);
}

TEST_P(interchange, an_instance_that_wakes_up_late_can_not_write_over_another_one) {
  write_run_in_progress();
  auto other = *wait(GetParam().open(folder_.path()));
  const auto seen = wait(segments().unfinished(run_))->front();
  auto theirs = wait(other->segments().unfinished(run_))->front();
  theirs.state = model::segment_state::not_started;
  theirs.coordinator.reset();
  theirs.start_time.reset();
  ++theirs.fail_count;
  ASSERT_TRUE(wait(other->segments().replace(theirs)));
  EXPECT_EQ(wait(segments().replace(done(seen))).error().code, errc::superseded);
  EXPECT_TRUE(wait(other->close()));
}

TEST_P(interchange, a_whole_node_of_an_incremental_run_is_what_reaper_has_planned) {
  write_incremental_run();
  EXPECT_TRUE(wait(runs().find_unit(id_of<model::unit_id>(unit_id)))->incremental);
  EXPECT_EQ(wait(runs().summaries({}))->front().segments,
            (segment_counts{.total = 2, .running = 1}));
  const auto all = *wait(segments().of_run(run_));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].node, (model::whole_node{id_of<model::host_id>(host_id), "10.0.0.1"}));
  EXPECT_EQ(all[0].state, model::segment_state::not_started);
  EXPECT_FALSE(all[0].coordinator);
  EXPECT_EQ(all[0].ranges, (std::vector{range(0, 100)}));
  EXPECT_TRUE(all[0].replicas->empty());
  EXPECT_EQ(all[1].state, model::segment_state::started);
  EXPECT_EQ(all[1].coordinator, "10.0.0.2");
  EXPECT_EQ(all[1].node->address, "10.0.0.2");
}

TEST_P(interchange, a_whole_node_loses_nothing_by_being_repaired_and_postponed) {
  write_incremental_run();
  auto row = wait(segments().of_run(run_))->front();
  row.stored = *wait(segments().replace(running(row)));
  expect_untouched_plan(first_id);
  EXPECT_EQ(*stored(first_id)[0].get<std::int32_t>("segment_state"), 1);
  EXPECT_EQ(*stored(first_id)[0].get<std::string>("coordinator_host"), "10.0.0.1");

  ++row.fail_count;
  row.stored = *wait(segments().replace(row));  // postponed: its node stays its coordinator
  expect_untouched_plan(first_id);
  const auto postponed = stored(first_id);
  EXPECT_EQ(*postponed[0].get<std::int32_t>("segment_state"), 0);
  EXPECT_EQ(*postponed[0].get<std::int32_t>("fail_count"), 1);
  EXPECT_EQ(*postponed[0].get<std::string>("coordinator_host"), "10.0.0.1");
  EXPECT_FALSE(postponed[0].has("segment_start_time"));

  ASSERT_TRUE(wait(segments().replace(done(row))));
  expect_untouched_plan(first_id);
  EXPECT_EQ(*stored(first_id)[0].get<std::int32_t>("segment_state"), 2);
  EXPECT_TRUE(stored(first_id)[0].has("segment_end_time"));
}

TEST_P(interchange, a_whole_node_that_reaper_repairs_meanwhile_is_not_written_over) {
  write_incremental_run();
  const auto seen = wait(segments().of_run(run_))->front();
  beside(std::string("UPDATE %repair_run SET segment_state = 3, segment_start_time = 7000 WHERE "
                     "id = ") +
         run_id + " AND segment_id = " + first_id);
  EXPECT_EQ(wait(segments().replace(running(seen))).error().code, errc::superseded);
  EXPECT_EQ(wait(segments().find(run_, seen.id))->state, model::segment_state::started);
}

TEST_P(interchange, a_whole_node_of_ours_has_the_row_that_reaper_needs) {
  ASSERT_TRUE(wait(clusters().save(rows_.cluster())));
  const auto unit = rows_.unit();
  const auto run = rows_.run(unit, 1);
  const auto segment = rows_.node_segment(run.id, "10.0.0.9");
  ASSERT_TRUE(wait(runs().create(unit, run, {segment})));
  const auto row = beside(
      "SELECT start_token, end_token, token_ranges, segment_state, coordinator_host, replicas, "
      "host_id FROM %repair_run WHERE id = " +
      run.id.value().to_string());
  ASSERT_EQ(row.size(), 1U);
  EXPECT_TRUE(*row[0].get<cql::int128>("end_token") == 100);
  EXPECT_FALSE(row[0].has("token_ranges"));
  EXPECT_EQ(*row[0].get<std::string>("coordinator_host"), "10.0.0.9");
  EXPECT_EQ(*row[0].get<base::uuid>("host_id"), segment.node->id.value());
  EXPECT_EQ(*row[0].get<std::int32_t>("segment_state"), 0);
}

TEST_P(interchange, credentials_that_reaper_keeps_stay_where_they_are) {
  const std::string properties =
      R"({"jmxPort":7299,"jmxCredentials":{"username":"u","password":"{cipher}00FF"}})";
  write_cluster("prod", properties);
  auto cluster = *wait(clusters().find("prod"));
  EXPECT_EQ(cluster.jmx_username, "u");
  EXPECT_EQ(cluster.jmx_password.reveal(), "{cipher}00FF");
  EXPECT_EQ(cluster.jmx_port, 7299);
  cluster.seed_hosts = {"10.0.0.7"};
  ASSERT_TRUE(wait(clusters().save(cluster)));
  const auto row = beside("SELECT properties, last_contact FROM %cluster WHERE name = 'prod'");
  EXPECT_EQ(*row[0].get<std::string>("properties"), properties);
  EXPECT_TRUE(row[0].has("last_contact"));
}

TEST_P(interchange, rows_that_can_not_be_read_take_no_list_down) {
  write_run_in_progress();
  write_cluster("wrong", "not JSON");
  beside("INSERT INTO %cluster (name) VALUES ('bare')");
  const auto broken = "20000000-0000-11f0-8000-000000000001";
  beside(std::string("INSERT INTO %repair_run (id, state) VALUES (") + broken + ", 'RUNNING')");
  beside(std::string("INSERT INTO %repair_run_by_cluster_v2 (cluster_name, id, repair_run_state) "
                     "VALUES ('prod', ") +
         broken + ", 'RUNNING')");
  const auto zombie = "30000000-0000-11f0-8000-000000000001";
  beside(std::string("INSERT INTO %repair_run_by_cluster_v2 (cluster_name, id) VALUES ('prod', ") +
         zombie + ")");
  beside(std::string("UPDATE %repair_run SET segment_state = 1 WHERE id = ") + zombie +
         " AND segment_id = " + first_id);

  const helenus::test::captured_log log;
  ASSERT_EQ(wait(clusters().all())->size(), 1u);
  EXPECT_EQ(wait(runs().list({}))->size(), 1u);
  EXPECT_EQ(wait(runs().list({.cluster_name = "prod"}))->front().id, run_);
  // Each is named, once.
  for (const std::string key : {broken, "cluster 'wrong'", "cluster 'bare'"}) {
    int told = 0;
    for (const auto& line : log.lines()) {
      const bool left_out = line.find("a row can not be read and is left out") != line.npos;
      if (left_out && line.find(key) != line.npos) ++told;
    }
    EXPECT_EQ(told, 1) << key;
  }
  const auto refused = wait(runs().find(id_of<model::run_id>(broken)));
  EXPECT_EQ(refused.error().code, errc::corrupt);
  EXPECT_THAT(refused.error().message(), ::testing::HasSubstr(broken));
  EXPECT_EQ(wait(runs().find(id_of<model::run_id>(zombie))).error().code, errc::not_found);
  EXPECT_EQ(wait(clusters().find("wrong")).error().code, errc::corrupt);
}

TEST_P(interchange, a_segment_that_can_not_be_read_stops_its_run_and_no_other) {
  write_run_in_progress();
  const auto other = stored_run_of(rows_.unit("other"), 1);
  beside(std::string("UPDATE %repair_run SET token_ranges = 'nonsense' WHERE id = ") + run_id +
         " AND segment_id = " + second_id);
  const auto refused = wait(segments().of_run(run_));
  EXPECT_EQ(refused.error().code, errc::corrupt);
  EXPECT_THAT(refused.error().message(), ::testing::HasSubstr(second_id));
  EXPECT_EQ(wait(segments().of_run(other.id))->size(), 1u);
}

TEST_P(interchange, a_run_of_ours_has_the_rows_that_reaper_needs) {
  const auto run = stored_run(2);
  auto all = *wait(segments().of_run(run.id));
  ASSERT_TRUE(wait(segments().replace(done(all[0]))));
  const auto rows = beside(
      "SELECT segment_count, repair_parallelism, start_token, end_token, token_ranges, "
      "replicas, segment_state, segment_end_time, coordinator_host FROM %repair_run WHERE "
      "id = " +
      run.id.value().to_string());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(*rows[0].get<std::int32_t>("segment_count"), 2);
  EXPECT_EQ(*rows[0].get<std::string>("repair_parallelism"), "parallel");
  EXPECT_EQ(*rows[0].get<std::string>("token_ranges"), R"([{"start":-200,"end":-100}])");
  EXPECT_TRUE(*rows[0].get<cql::int128>("start_token") == -200);
  EXPECT_TRUE(*rows[0].get<cql::int128>("end_token") == -100);
  using text_map = std::map<std::string, std::string>;
  EXPECT_EQ(*rows[0].get<text_map>("replicas"),
            (text_map{{"10.0.0.1", "dc1"}, {"10.0.0.2", "dc1"}, {"10.0.0.3", "dc1"}}));
  EXPECT_EQ(*rows[0].get<std::int32_t>("segment_state"), 2);
  EXPECT_TRUE(rows[0].has("segment_end_time"));
  EXPECT_EQ(*rows[1].get<std::int32_t>("segment_state"), 0);
  EXPECT_FALSE(rows[1].has("coordinator_host"));
  const auto index = beside("SELECT id, repair_run_state FROM %repair_run_by_cluster_v2");
  EXPECT_EQ(*index[0].get<std::string>("repair_run_state"), "NOT_STARTED");
  EXPECT_EQ(beside("SELECT id FROM %repair_run_by_unit").size(), 1u);
}

}  // namespace
}  // namespace helenus::storage::test
