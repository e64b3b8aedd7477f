#include "repair/plan/table_selection.h"

#include "repair/errc.h"

#include <gtest/gtest.h>

namespace helenus::repair {
namespace {

using names = std::vector<std::string>;

const std::vector<model::table> known{
    {"shop", "visits", "org.apache.cassandra.db.compaction.TimeWindowCompactionStrategy"},
    {"shop", "orders", "org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy"},
    {"shop", "clicks", "com.example.dateTieredcompactionstrategy"},
    {"shop", "customers", ""},
};

result<names> select(std::set<std::string> tables, std::set<std::string> excluded,
                     bool without_windows = false, bool strict = true) {
  model::repair_unit unit;
  unit.keyspace = "shop";
  unit.tables = std::move(tables);
  unit.excluded_tables = std::move(excluded);
  return select_tables(known, unit, {without_windows, strict});
}

TEST(table_selection_test, all_tables_unless_some_are_named) {
  EXPECT_EQ(*select({}, {}), (names{"clicks", "customers", "orders", "visits"}));
  EXPECT_EQ(*select({"orders", "visits"}, {}), (names{"orders", "visits"}));
}

TEST(table_selection_test, excluded_tables_are_left_out_of_both) {
  EXPECT_EQ(*select({}, {"orders", "clicks"}), (names{"customers", "visits"}));
  EXPECT_EQ(*select({"orders", "visits"}, {"orders"}), (names{"visits"}));
}

TEST(table_selection_test, time_window_tables_are_excluded_unless_named) {
  EXPECT_EQ(*select({}, {}, true), (names{"customers", "orders"}));
  EXPECT_EQ(*select({"visits"}, {}, true), (names{"visits"}));
}

TEST(table_selection_test, nothing_left_is_an_error_and_never_an_empty_list) {
  EXPECT_EQ(select({}, {"orders", "customers"}, true).error().code, errc::nothing_to_repair);
  EXPECT_EQ(select({}, {"orders", "customers"}, true).error().detail,
            "every table of keyspace shop that is left is excluded by its time-window compaction "
            "strategy");
  EXPECT_EQ(select({"orders"}, {"orders"}).error().detail,
            "every table of keyspace shop to repair is excluded");
  model::repair_unit unit;
  unit.keyspace = "empty";
  EXPECT_EQ(select_tables({}, unit, {}).error().detail, "keyspace empty has no tables");
}

TEST(table_selection_test, every_unknown_table_is_named) {
  const auto refused = select({"orders", "nope", "neither"}, {"absent"});
  EXPECT_EQ(refused.error().code, errc::unknown_table);
  EXPECT_EQ(refused.error().detail, "keyspace shop has no table absent, neither, nope");
}

TEST(table_selection_test, a_schedule_survives_an_excluded_table_that_was_dropped) {
  EXPECT_FALSE(select({}, {"dropped"}).has_value());
  EXPECT_EQ(select({}, {"dropped"}, false, false)->size(), 4u);
}

}  // namespace
}  // namespace helenus::repair
