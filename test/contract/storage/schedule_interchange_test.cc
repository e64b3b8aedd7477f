// Schedules as Cassandra Reaper 4.2.3 writes them, read and changed by us; and ours as it reads
// them.
#include "contract/storage/cassandra.h"
#include "contract/storage/fixture.h"

namespace helenus::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* schedule_text = "10000000-0000-11f0-8000-000000000009";
constexpr const char* unit_text = "10000000-0000-11f0-8000-000000000002";
constexpr const char* run_text = "10000000-0000-11f0-8000-000000000001";

class schedule_interchange : public storage_contract {
 protected:
  cql::rows beside(std::string statement) {
    auto answer = wait(run_beside(statement));
    EXPECT_TRUE(answer) << statement << ": " << (answer ? "" : answer.error().message());
    return answer ? std::move(*answer) : cql::rows();
  }

  void write_cluster() {
    beside(
        "INSERT INTO %cluster (name, partitioner, seed_hosts, properties, state, last_contact) "
        "VALUES ('prod', 'org.apache.cassandra.dht.Murmur3Partitioner', {'10.0.0.1'}, "
        "'{\"jmxPort\":7199,\"jmxCredentials\":null}', 'ACTIVE', '2026-05-20 00:00:00+0000')");
    beside(
        "INSERT INTO %repair_unit_v1 (id, cluster_name, keyspace_name, column_families, "
        "incremental_repair, subrange_incremental, nodes, \"datacenters\", blacklisted_tables, "
        "repair_thread_count, timeout) VALUES (" +
        std::string(unit_text) + ", 'prod', 'shop', null, false, false, null, null, null, 1, 30)");
  }

  /// The upsert of all columns that Reaper makes of every change, without those of the index.
  void write_row(const std::string& state, const std::string& next_activation,
                 const std::string& pause_time, const std::string& last_run = "null") {
    beside(
        "INSERT INTO %repair_schedule_v1 (id, repair_unit_id, state, days_between, "
        "next_activation, repair_parallelism, intensity, creation_time, owner, pause_time, "
        "segment_count_per_node, adaptive, percent_unrepaired_threshold, last_run) VALUES (" +
        std::string(schedule_text) + ", " + unit_text + ", '" + state + "', 7, " + next_activation +
        ", 'dc_parallel', 0.9, 1000, 'auto-scheduling', " + pause_time + ", 64, false, -1, " +
        last_run + ")");
  }

  void write_index(const std::string& id) {
    for (const auto* key : {"'prod', 'shop'", "'prod', ' '", "' ', 'shop'"}) {
      beside(
          "INSERT INTO %repair_schedule_by_cluster_and_keyspace (cluster_name, keyspace_name, "
          "repair_schedule_id) VALUES (" +
          std::string(key) + ", " + id + ")");
    }
  }

  void write_schedule() {
    write_cluster();
    write_row("ACTIVE", "5000", "null");
    write_index(schedule_text);
  }

  cql::rows stored(model::schedule_id id) {
    return beside(
        "SELECT repair_unit_id, state, days_between, next_activation, repair_parallelism, "
        "intensity, creation_time, owner, pause_time, segment_count_per_node, segment_count, "
        "adaptive, percent_unrepaired_threshold, last_run, run_history FROM %repair_schedule_v1 "
        "WHERE id = " +
        id.value().to_string());
  }

  std::vector<std::string> index() {
    std::vector<std::string> keys;
    const auto rows = beside("SELECT * FROM %repair_schedule_by_cluster_and_keyspace");
    for (const auto row : rows) {
      keys.push_back(*row.get<std::string>("cluster_name") + '/' +
                     *row.get<std::string>("keyspace_name") + '/' +
                     row.get<base::uuid>("repair_schedule_id")->to_string());
    }
    return keys;
  }

  std::vector<std::string> listed(schedule_filter filter = {}) {
    std::vector<std::string> ids;
    for (const auto& each : *wait(schedules().list(std::move(filter)))) {
      ids.push_back(each.schedule.id.value().to_string());
    }
    return ids;
  }

  model::schedule_id id_{*base::uuid::parse(schedule_text)};
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(schedule_interchange);
INSTANTIATE_TEST_SUITE_P(with_reaper, schedule_interchange,
                         ::testing::ValuesIn(has_cassandra() ? std::vector{implementations().back()}
                                                             : std::vector<implementation>{}),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(schedule_interchange, a_schedule_of_reaper_is_read_as_it_reads_it) {
  write_schedule();
  const auto all = *wait(schedules().list({.cluster_name = "prod", .keyspace = "shop"}));
  ASSERT_EQ(all.size(), 1U);
  model::repair_schedule expected;
  expected.id = id_;
  expected.unit = model::unit_id(*base::uuid::parse(unit_text));
  expected.owner = "auto-scheduling";
  expected.days_between = 7;
  expected.next_activation = model::wall_time(std::chrono::seconds(5));
  expected.creation_time = model::wall_time(std::chrono::seconds(1));
  expected.intensity = 0.9;
  expected.parallelism = model::repair_parallelism::datacenter_aware;
  expected.segment_count_per_node = 64;
  expected.stored = all[0].schedule.stored;
  EXPECT_TRUE(same(all[0].schedule, expected));
  EXPECT_EQ(all[0].unit.keyspace, "shop");
  EXPECT_THAT(all[0].unit.tables, IsEmpty());
}

TEST_P(schedule_interchange, columns_that_older_reapers_did_not_write_are_read_leniently) {
  write_cluster();
  beside(
      "INSERT INTO %repair_schedule_v1 (id, repair_unit_id, state, next_activation, "
      "creation_time, segment_count, run_history) VALUES (" +
      std::string(schedule_text) + ", " + unit_text + ", 'PAUSED', 5000, 1000, 200, {" + run_text +
      "})");
  auto found = *wait(schedules().find(id_));
  EXPECT_EQ(found.state, model::schedule_state::paused);
  EXPECT_EQ(found.days_between, 0);
  EXPECT_EQ(found.segment_count_per_node, 0);
  EXPECT_EQ(found.intensity, 0);
  EXPECT_EQ(found.parallelism, model::repair_parallelism::sequential);
  EXPECT_FALSE(found.adaptive || found.percent_unrepaired_threshold || found.last_run ||
               found.pause_time);
  found.days_between = 7;
  ASSERT_TRUE(wait(schedules().replace(found)));
  const auto row = stored(id_);
  EXPECT_EQ(*row[0].get<std::int32_t>("days_between"), 7);
  EXPECT_EQ(*row[0].get<std::int32_t>("percent_unrepaired_threshold"), -1);
  EXPECT_EQ(*row[0].get<std::int32_t>("segment_count"), 200);  // not ours to touch
  EXPECT_TRUE(row[0].has("run_history"));
}

TEST_P(schedule_interchange, pausing_resuming_and_moving_change_what_reaper_would_change) {
  write_schedule();
  auto schedule = *wait(schedules().find(id_));
  schedule.state = model::schedule_state::paused;
  schedule.pause_time = at(0);
  schedule.stored = *wait(schedules().replace(schedule));
  EXPECT_EQ(*stored(id_)[0].get<std::string>("state"), "PAUSED");
  EXPECT_EQ(*stored(id_)[0].get<cql::timestamp>("pause_time"), at(0));

  schedule.state = model::schedule_state::active;
  schedule.pause_time.reset();
  schedule.next_activation = at(60);
  schedule.last_run = model::run_id(*base::uuid::parse(run_text));
  ASSERT_TRUE(wait(schedules().replace(schedule)));
  const auto row = stored(id_);
  EXPECT_EQ(*row[0].get<std::string>("state"), "ACTIVE");
  EXPECT_FALSE(row[0].has("pause_time"));
  EXPECT_EQ(*row[0].get<cql::timestamp>("next_activation"), at(60));
  EXPECT_EQ(row[0].get<base::uuid>("last_run")->to_string(), run_text);
  EXPECT_EQ(*row[0].get<std::string>("repair_parallelism"), "dc_parallel");
  EXPECT_EQ(*row[0].get<double>("intensity"), 0.9);
  EXPECT_EQ(*row[0].get<std::int32_t>("days_between"), 7);
  EXPECT_EQ(*row[0].get<std::int32_t>("segment_count_per_node"), 64);
  EXPECT_EQ(*row[0].get<std::int32_t>("percent_unrepaired_threshold"), -1);
  EXPECT_EQ(*row[0].get<cql::timestamp>("creation_time"),
            model::wall_time(std::chrono::seconds(1)));
}

TEST_P(schedule_interchange, what_reaper_has_changed_meanwhile_is_not_written_over) {
  write_schedule();
  auto seen = *wait(schedules().find(id_));
  write_row("ACTIVE", "'2026-06-01 00:00:00+0000'", "null", run_text);
  seen.owner = "late";
  EXPECT_EQ(wait(schedules().replace(seen)).error().code, errc::superseded);
  EXPECT_EQ(wait(schedules().remove(id_, seen.stored)).error().code, errc::superseded);
  auto other = *wait(GetParam().open(folder_.path()));
  auto theirs = *wait(other->schedules().find(id_));
  const auto ours = *wait(schedules().find(id_));
  theirs.owner = "first";
  ASSERT_TRUE(wait(other->schedules().replace(theirs)));
  EXPECT_EQ(wait(schedules().remove(id_, ours.stored)).error().code, errc::superseded);
  EXPECT_EQ(*stored(id_)[0].get<std::string>("owner"), "first");
  EXPECT_TRUE(wait(other->close()));
}

TEST_P(schedule_interchange, one_of_ours_has_the_rows_that_reaper_needs) {
  const auto ours = stored_schedule();
  const auto row = stored(ours.id);
  ASSERT_EQ(row.size(), 1U);
  EXPECT_EQ(*row[0].get<base::uuid>("repair_unit_id"), ours.unit.value());
  EXPECT_EQ(*row[0].get<std::string>("state"), "PAUSED");
  EXPECT_EQ(*row[0].get<std::string>("repair_parallelism"), "parallel");
  EXPECT_EQ(*row[0].get<cql::timestamp>("next_activation"), ours.next_activation);
  EXPECT_EQ(*row[0].get<cql::timestamp>("creation_time"), ours.creation_time);
  EXPECT_EQ(*row[0].get<cql::timestamp>("pause_time"), *ours.pause_time);
  EXPECT_EQ(*row[0].get<double>("intensity"), 0.75);
  EXPECT_EQ(*row[0].get<std::int32_t>("days_between"), 3);
  EXPECT_EQ(*row[0].get<std::int32_t>("segment_count_per_node"), 32);
  EXPECT_EQ(*row[0].get<std::int32_t>("percent_unrepaired_threshold"), 10);
  EXPECT_TRUE(*row[0].get<bool>("adaptive"));
  EXPECT_EQ(*row[0].get<base::uuid>("last_run"), ours.last_run->value());
  EXPECT_FALSE(row[0].has("segment_count"));
  const auto id = ours.id.value().to_string();
  EXPECT_THAT(index(), UnorderedElementsAre("prod/shop/" + id, "prod/ /" + id, " /shop/" + id));
  EXPECT_EQ(
      beside("SELECT id FROM %repair_unit_v1 WHERE id = " + ours.unit.value().to_string()).size(),
      1U);
}

TEST_P(schedule_interchange, one_that_is_removed_leaves_nothing_for_reaper_to_find) {
  write_schedule();
  const auto found = *wait(schedules().find(id_));
  ASSERT_TRUE(wait(schedules().remove(id_, found.stored)));
  EXPECT_EQ(beside("SELECT id FROM %repair_schedule_v1").size(), 0U);
  EXPECT_THAT(index(), IsEmpty());
  EXPECT_TRUE(wait(runs().find_unit(found.unit)));
}

TEST_P(schedule_interchange, an_index_that_names_what_is_gone_hides_nothing_and_keeps_no_cluster) {
  write_cluster();
  write_index(schedule_text);
  const auto other = stored_schedule("prod", "log");
  EXPECT_THAT(listed(), ElementsAre(other.id.value().to_string()));
  EXPECT_THAT(listed({.keyspace = "shop"}), IsEmpty());
  const auto refused = wait(clusters().remove("prod"));
  EXPECT_THAT(refused.error().message(), HasSubstr("has 1 schedules"));
  ASSERT_TRUE(wait(schedules().remove(other.id, other.stored)));
  EXPECT_TRUE(wait(clusters().remove("prod")));
}

TEST_P(schedule_interchange, rows_that_can_not_be_read_take_no_list_down) {
  write_schedule();
  const auto broken = [this](const std::string& last_digit, const std::string& columns,
                             const std::string& row) {
    const auto id = "20000000-0000-11f0-8000-00000000000" + last_digit;
    beside("INSERT INTO %repair_schedule_v1 (id" + columns + ") VALUES (" + id + row + ")");
    write_index(id);
    const auto refused = wait(schedules().find(model::schedule_id(*base::uuid::parse(id))));
    EXPECT_EQ(refused.error().code, errc::corrupt) << columns;
    EXPECT_THAT(refused.error().message(), HasSubstr(id));
  };
  const auto unit = std::string(", ") + unit_text;
  broken("1", "", "");
  broken("2", ", repair_unit_id, state, creation_time", unit + ", 'ACTIVE', 1000");
  broken("3", ", repair_unit_id, state, creation_time, next_activation",
         unit + ", 'SLEEPING', 1000, 5000");
  broken("4", ", repair_unit_id, state, creation_time, next_activation, days_between",
         unit + ", 'ACTIVE', 1000, 5000, -1");
  const auto of_no_unit = "30000000-0000-11f0-8000-000000000001";
  beside(
      "INSERT INTO %repair_schedule_v1 (id, repair_unit_id, state, next_activation, "
      "creation_time) VALUES (" +
      std::string(of_no_unit) + ", " + of_no_unit + ", 'ACTIVE', 5000, 1000)");
  write_index(of_no_unit);

  EXPECT_THAT(listed(), ElementsAre(schedule_text));
  EXPECT_THAT(listed({.cluster_name = "prod"}), ElementsAre(schedule_text));
  EXPECT_THAT(listed({.keyspace = "shop"}), ElementsAre(schedule_text));
  EXPECT_THAT(wait(clusters().remove("prod")).error().message(), HasSubstr("has 6 schedules"));
}

TEST_P(schedule_interchange, a_list_costs_two_statements_a_schedule_and_one_a_cluster) {
  const auto first = stored_schedule("prod", "shop");
  stored_schedule("prod", "log");
  stored_schedule("test", "shop");
  const auto cost_of = [this](const auto& work) {
    const auto before = storage_->counters().statements;
    EXPECT_TRUE(wait(work()));
    return storage_->counters().statements - before;
  };
  EXPECT_EQ(cost_of([&] { return schedules().list({}); }), 1U + 2U + 3U * 2U);
  EXPECT_EQ(cost_of([&] { return schedules().list({.cluster_name = "prod"}); }), 1U + 2U * 2U);
  EXPECT_EQ(cost_of([&] { return schedules().find(first.id); }), 1U);
  EXPECT_EQ(cost_of([&] { return schedules().replace(first); }), 2U);
}

}  // namespace
}  // namespace helenus::storage::test
