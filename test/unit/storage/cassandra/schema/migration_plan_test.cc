#include "storage/cassandra/schema/migration_plan.h"

#include "storage/cassandra/schema/statements.h"
#include "storage/errc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <string>

namespace helenus::storage::cassandra {
namespace {

using ::testing::HasSubstr;

void put_table(found_schema& into, const table& made) {
  auto& there = into.tables[std::string(made.name)];
  for (const auto& one : made.columns) {
    there.columns[std::string(one.name)] = {std::string(one.type), one.kind};
  }
  there.compaction = "org.apache.cassandra.db.compaction." + std::string(made.options.compaction);
  there.time_to_live = made.options.time_to_live;
  there.gc_grace = made.options.gc_grace;
}

using effect = std::function<void(found_schema&)>;

void add_effects(std::span<const table> tables, std::map<std::string, effect>& to) {
  for (const auto& one : tables) {
    const std::string name(one.name);
    to[create_table("k", one)] = [&one](found_schema& on) { put_table(on, one); };
    to[set_options("k", one)] = [&one, name](found_schema& on) {
      auto& there = on.tables.at(name);
      there.compaction = one.options.compaction;
      there.time_to_live = one.options.time_to_live;
      there.gc_grace = one.options.gc_grace;
    };
    for (const auto& column : one.columns) {
      to[add_column("k", one.name, column)] = [&column, name](found_schema& on) {
        auto& columns = on.tables.at(name).columns;
        ASSERT_FALSE(columns.contains(std::string(column.name))) << column.name;
        columns[std::string(column.name)] = {std::string(column.type), column.kind};
      };
    }
  }
}

/// What Cassandra does at each statement.
std::map<std::string, effect> all_effects() {
  std::map<std::string, effect> effects;
  add_effects(reaper_tables(), effects);
  add_effects(own_tables(), effects);
  effects[create_state_index("k")] = [](found_schema& on) {
    on.indexes.insert(std::string(state_index));
  };
  effects[record_reaper_version("k")] = [](found_schema& on) {
    on.reaper_version = reaper_schema_version;
  };
  effects[record_own_version("k")] = [](found_schema& on) { on.own_version = own_schema_version; };
  return effects;
}

void carry_out(found_schema& on, const migration_step& step) {
  static const auto effects = all_effects();
  if (step.statement.empty()) return;  // moves rows
  const auto found = effects.find(step.statement);
  ASSERT_NE(found, effects.end()) << step.statement;
  found->second(on);
}

found_schema empty_keyspace() { return {.keyspace_exists = true}; }

/// As Reaper's migrations left a keyspace at `version`, 15 to 34.
found_schema upgraded_to(int version) {
  found_schema made = empty_keyspace();
  for (const auto& one : reaper_tables()) put_table(made, one);
  made.indexes.insert(std::string(state_index));
  made.reaper_version = version;
  const auto without = [&](int before, const char* name, std::initializer_list<const char*> gone) {
    if (version >= before) return;
    if (gone.size() == 0) made.tables.erase(name);
    for (const auto* column : gone) {
      if (made.tables.contains(name)) made.tables.at(name).columns.erase(column);
    }
  };
  without(99, "cluster", {"namespace"});
  without(17, "cluster", {"properties"});
  without(20, "repair_run", {"tables"});
  without(21, "node_operations", {});
  without(22, "cluster", {"state", "last_contact"});
  without(23, "diagnostic_event_subscription", {});
  without(24, "node_metrics_v3", {});
  without(25, "repair_run_by_cluster_v2", {});
  without(26, "repair_run", {"replicas"});
  without(27, "running_repairs", {});
  without(28, "percent_repaired_by_schedule", {});
  without(29, "repair_unit_v1", {"timeout"});
  without(29, "repair_schedule_v1", {"adaptive"});
  without(29, "repair_run", {"adaptive_schedule"});
  without(30, "repair_schedule_v1", {"percent_unrepaired_threshold", "last_run"});
  without(31, "repair_run", {"host_id"});
  without(33, "repair_unit_v1", {"subrange_incremental"});
  if (version < 32) made.indexes.clear();
  if (version >= 25 && version < 34) made.tables.erase("repair_run_by_cluster");
  if (version < 21) made.tables.at("node_metrics_v1").compaction = "LeveledCompactionStrategy";
  return made;
}

std::vector<found_schema> starts() {
  std::vector<found_schema> all{empty_keyspace()};
  for (int version = 15; version <= 34; ++version) all.push_back(upgraded_to(version));
  auto lost = upgraded_to(28);  // and its rows in schema_migration
  lost.reaper_version = 0;
  all.push_back(lost);
  auto too_early = upgraded_to(20);  // Reaper 4 over an old schema: recorded, columns missing
  too_early.reaper_version = 34;
  all.push_back(too_early);
  return all;
}

std::vector<migration_step> plan(const found_schema& found) { return *plan_migration("k", found); }

bool has(const std::vector<migration_step>& steps, step_kind kind) {
  return std::any_of(steps.begin(), steps.end(),
                     [kind](const migration_step& step) { return step.kind == kind; });
}

TEST(migration_plan, brings_every_start_to_the_current_schema) {
  for (auto found : starts()) {
    const auto from = found.reaper_version;
    for (const auto& step : plan(found)) carry_out(found, step);
    EXPECT_TRUE(plan(found).empty()) << from;
    for (const auto& one : reaper_tables()) {
      EXPECT_EQ(found.tables.at(std::string(one.name)).columns.size(), one.columns.size());
    }
    EXPECT_EQ(found.reaper_version, 34);
    EXPECT_EQ(found.own_version, own_schema_version);
  }
}

TEST(migration_plan, goes_on_after_being_killed_behind_every_single_step) {
  for (const auto& start : starts()) {
    auto found = start;
    // What was done is not planned again: a killed migration comes nearer to its end each time.
    for (auto left = plan(found).size() + 2; !plan(found).empty(); --left) {
      ASSERT_GT(left, 0u) << start.reaper_version;
      if (plan(found).front().kind == step_kind::change_schema) {
        carry_out(found, plan(found).front());
      } else {  // steps that move rows leave no trace until all is recorded
        for (const auto& step : plan(found)) carry_out(found, step);
      }
    }
    EXPECT_EQ(found.own_version, own_schema_version);
  }
}

TEST(migration_plan, does_not_mind_the_order_in_which_others_did_parts_of_it) {
  const auto whole = plan(empty_keyspace());
  for (std::size_t skipped = 0; skipped < whole.size(); ++skipped) {
    auto found = empty_keyspace();
    for (std::size_t index = 0; index < whole.size(); ++index) {
      if (index != skipped && whole[index].kind == step_kind::change_schema &&
          (whole[index].statement.starts_with("CREATE TABLE"))) {
        carry_out(found, whole[index]);
      }
    }
    for (const auto& step : plan(found)) carry_out(found, step);
    EXPECT_TRUE(plan(found).empty());
  }
}

TEST(migration_plan, records_versions_last) {
  for (const auto& start : starts()) {
    bool recorded = false;
    for (const auto& step : plan(start)) {
      recorded = recorded || step.kind == step_kind::write;
      EXPECT_FALSE(recorded && step.kind == step_kind::change_schema);
    }
  }
}

TEST(migration_plan, moves_rows_only_where_reaper_would) {
  EXPECT_FALSE(has(plan(empty_keyspace()), step_kind::copy_run_index));
  EXPECT_FALSE(has(plan(empty_keyspace()), step_kind::mend_run_times));
  EXPECT_TRUE(has(plan(upgraded_to(18)), step_kind::mend_run_times));
  EXPECT_FALSE(has(plan(upgraded_to(19)), step_kind::mend_run_times));
  EXPECT_TRUE(has(plan(upgraded_to(24)), step_kind::copy_run_index));
  EXPECT_FALSE(has(plan(upgraded_to(25)), step_kind::copy_run_index));
  EXPECT_TRUE(has(plan(upgraded_to(34)), step_kind::index_units));
}

TEST(migration_plan, leaves_options_alone_once_version_34_is_recorded) {
  auto found = upgraded_to(34);
  found.tables.at("cluster").columns["namespace"] = {"text", column_kind::regular};
  found.tables.at("repair_run").compaction = "UnifiedCompactionStrategy";
  found.tables.at("repair_run").gc_grace = 3600;
  for (const auto& step : plan(found)) EXPECT_THAT(step.statement, Not(HasSubstr("ALTER")));
  found.reaper_version = 33;
  EXPECT_EQ(plan(found).front().statement,
            "ALTER TABLE \"k\".repair_run WITH compaction = {'class': 'LeveledCompactionStrategy'} "
            "AND default_time_to_live = 0 AND gc_grace_seconds = 864000");
}

TEST(migration_plan, never_drops_anything) {
  auto found = upgraded_to(23);
  found.tables["node_metrics_v2"];
  found.tables["somebodys"];
  for (const auto& step : plan(found)) {
    EXPECT_THAT(step.statement, Not(HasSubstr("DROP")));
    EXPECT_THAT(step.statement, Not(HasSubstr("TRUNCATE")));
  }
}

TEST(migration_plan, refuses_what_is_newer_or_too_old_and_says_so) {
  auto found = upgraded_to(34);
  found.reaper_version = 35;
  EXPECT_EQ(plan_migration("k", found).error().code, errc::newer_schema);
  found.reaper_version = 34;
  found.own_version = own_schema_version + 1;
  EXPECT_EQ(plan_migration("k", found).error().code, errc::newer_schema);
  found.own_version = 0;
  found.reaper_version = 14;
  EXPECT_EQ(plan_migration("k", found).error().code, errc::foreign);
  EXPECT_THAT(plan_migration("k", found).error().message(), HasSubstr("14"));
}

TEST(migration_plan, refuses_tables_of_another_shape_and_names_the_column) {
  auto found = upgraded_to(34);
  found.tables.at("repair_run").columns.at("id").type = "bigint";
  EXPECT_EQ(plan_migration("k", found).error().code, errc::foreign);
  EXPECT_THAT(plan_migration("k", found).error().message(), HasSubstr("k.repair_run.id"));
  found = upgraded_to(34);
  found.tables.at("repair_run").columns.at("state").kind = column_kind::regular;
  EXPECT_EQ(plan_migration("k", found).error().code, errc::foreign);
  found = upgraded_to(34);
  found.tables.at("running_repairs").columns.erase("node");
  EXPECT_THAT(plan_migration("k", found).error().message(), HasSubstr("running_repairs.node"));
}

TEST(migration_plan, tells_what_each_step_does) {
  for (const auto& step : plan(upgraded_to(15))) EXPECT_FALSE(to_text(step).empty());
}

}  // namespace
}  // namespace helenus::storage::cassandra
