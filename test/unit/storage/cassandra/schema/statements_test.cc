#include "storage/cassandra/schema/statements.h"

#include "base/uuid.h"

#include <gtest/gtest.h>

namespace helenus::storage::cassandra {
namespace {

const table& named(std::string_view name) {
  for (const auto& one : reaper_tables()) {
    if (one.name == name) return one;
  }
  return lock_table();
}

TEST(statements, create_a_table_with_its_key_order_and_options) {
  EXPECT_EQ(create_table("k", named("repair_run_by_cluster_v2")),
            "CREATE TABLE IF NOT EXISTS \"k\".repair_run_by_cluster_v2 (cluster_name text, id "
            "timeuuid, repair_run_state text, PRIMARY KEY ((cluster_name), id)) WITH CLUSTERING "
            "ORDER BY (id DESC) AND compaction = {'class': 'LeveledCompactionStrategy'} AND "
            "default_time_to_live = 0 AND gc_grace_seconds = 864000 AND bloom_filter_fp_chance = "
            "0.1 AND caching = {'keys': 'ALL', 'rows_per_partition': 'NONE'}");
}

TEST(statements, create_a_table_in_time_windows) {
  EXPECT_EQ(create_table("k", named("node_operations")),
            "CREATE TABLE IF NOT EXISTS \"k\".node_operations (cluster text, type text, "
            "time_bucket text, host text, data text, ts timestamp, PRIMARY KEY ((cluster, type, "
            "time_bucket), host)) WITH compaction = {'class': 'TimeWindowCompactionStrategy', "
            "'compaction_window_size': '30', 'compaction_window_unit': 'MINUTES', "
            "'unchecked_tombstone_compaction': 'true'} AND default_time_to_live = 300 AND "
            "gc_grace_seconds = 300 AND bloom_filter_fp_chance = 0.01 AND caching = {'keys': "
            "'ALL', 'rows_per_partition': 'NONE'}");
}

TEST(statements, give_the_lock_of_a_keyspace_the_same_id_whoever_makes_it) {
  const auto made = create_table("k", lock_table());
  EXPECT_EQ(made, create_table("k", lock_table()));
  const auto id = [](const std::string& text) { return text.substr(text.find("ID = "), 43); };
  EXPECT_NE(id(made), id(create_table("l", lock_table())));
  EXPECT_TRUE(base::uuid::parse(id(made).substr(6, 36)));
}

TEST(statements, add_columns_static_ones_too) {
  EXPECT_EQ(add_column("k", "repair_run", {"tables", "set<text>", column_kind::shared}),
            "ALTER TABLE \"k\".repair_run ADD tables set<text> static");
  EXPECT_EQ(add_column("k", "cluster", {"namespace", "text"}),
            "ALTER TABLE \"k\".cluster ADD \"namespace\" text");
}

TEST(statements, create_a_keyspace_with_copies_in_every_data_centre) {
  EXPECT_EQ(create_keyspace("reaper_db", {{"dc1", 3}, {"it's", 1}}),
            "CREATE KEYSPACE IF NOT EXISTS \"reaper_db\" WITH replication = {'class': "
            "'NetworkTopologyStrategy', 'dc1': '3', 'it''s': '1'}");
}

TEST(statements, know_the_names_that_cassandra_takes) {
  EXPECT_TRUE(is_keyspace_name("reaper_db"));
  EXPECT_TRUE(is_keyspace_name(std::string(48, 'a')));
  EXPECT_FALSE(is_keyspace_name(std::string(49, 'a')));
  EXPECT_FALSE(is_keyspace_name(""));
  EXPECT_FALSE(is_keyspace_name("a\"; DROP"));
}

}  // namespace
}  // namespace helenus::storage::cassandra
