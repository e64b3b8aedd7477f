#include "storage/cassandra/schema/migration_plan.h"

#include "storage/cassandra/schema/statements.h"
#include "storage/errc.h"

namespace helenus::storage::cassandra {
namespace {

// The versions at which Reaper changed rows, and not only their tables.
constexpr int mended_run_times = 19;
constexpr int second_run_index = 25;

result<void> check_versions(std::string_view keyspace, const found_schema& found) {
  const auto place = "keyspace " + std::string(keyspace);
  if (found.own_version > own_schema_version) {
    return error{errc::newer_schema, place + " was written by a newer Helenus (its schema " +
                                         std::to_string(found.own_version) + ", ours " +
                                         std::to_string(own_schema_version) +
                                         "): run that version or a newer one"};
  }
  if (found.reaper_version > reaper_schema_version) {
    return error{errc::newer_schema,
                 place + " has Reaper's schema version " + std::to_string(found.reaper_version) +
                     ", which is newer than " + std::to_string(reaper_schema_version) +
                     ", the one that this Helenus knows"};
  }
  if (found.reaper_version > 0 && found.reaper_version < oldest_reaper_schema_version) {
    return error{errc::foreign, place + " has Reaper's schema version " +
                                    std::to_string(found.reaper_version) +
                                    ": upgrade it with Reaper 1.2.2 or newer first, or use another "
                                    "keyspace"};
  }
  return {};
}

/// Whether what stands under the name of the table can be used as it.
result<void> check_shape(std::string_view keyspace, const table& wanted, const found_table& found) {
  for (const auto& one : wanted.columns) {
    const auto there = found.columns.find(std::string(one.name));
    const bool is_key =
        one.kind == column_kind::partition_key || one.kind == column_kind::clustering;
    const auto place =
        std::string(keyspace) + "." + std::string(wanted.name) + "." + std::string(one.name);
    if (there == found.columns.end()) {
      if (is_key) return error{errc::foreign, place + " is missing, and a key can not be added"};
      continue;
    }
    if (there->second.type != one.type || there->second.kind != one.kind) {
      return error{errc::foreign, place + " is a column of another kind or type (" +
                                      there->second.type + ") than in Reaper's schema (" +
                                      std::string(one.type) +
                                      "): use another keyspace, or move this table away"};
    }
  }
  return {};
}

bool keeps_rows_as_wanted(const table& wanted, const found_table& found) {
  const auto package = found.compaction.rfind('.');
  const auto compaction =
      package == std::string::npos ? found.compaction : found.compaction.substr(package + 1);
  return compaction == wanted.options.compaction &&
         found.time_to_live == wanted.options.time_to_live &&
         found.gc_grace == wanted.options.gc_grace;
}

class planner {
 public:
  planner(std::string_view keyspace, const found_schema& found)
      : keyspace_(keyspace), found_(found) {}

  result<void> bring(std::span<const table> wanted, bool with_options) {
    for (const auto& one : wanted) {
      const auto there = found_.tables.find(std::string(one.name));
      if (there == found_.tables.end()) {
        change(create_table(keyspace_, one));
        continue;
      }
      TRY_VOID(check_shape(keyspace_, one, there->second));
      for (const auto& column : one.columns) {
        if (!there->second.columns.contains(std::string(column.name))) {
          change(add_column(keyspace_, one.name, column));
        }
      }
      if (with_options && !keeps_rows_as_wanted(one, there->second)) {
        change(set_options(keyspace_, one));
      }
    }
    return {};
  }

  void change(std::string statement) {
    steps.push_back({step_kind::change_schema, std::move(statement)});
  }
  void write(std::string statement) { steps.push_back({step_kind::write, std::move(statement)}); }
  void rows(step_kind kind) { steps.push_back({kind, {}}); }

  std::vector<migration_step> steps;

 private:
  std::string_view keyspace_;
  const found_schema& found_;
};

}  // namespace

std::string to_text(const migration_step& step) {
  switch (step.kind) {
    case step_kind::change_schema:
    case step_kind::write:
      return step.statement;
    case step_kind::copy_run_index:
      return "(rows) runs listed in repair_run_by_cluster are listed in repair_run_by_cluster_v2";
    case step_kind::mend_run_times:
      return "(rows) runs get the times that belong to their states";
    case step_kind::index_units:
      return "(rows) units of repair_unit_v1 are listed in helenus_unit_by_keyspace";
  }
  return {};
}

result<std::vector<migration_step>> plan_migration(std::string_view keyspace,
                                                   const found_schema& found) {
  TRY_VOID(check_versions(keyspace, found));
  planner plan(keyspace, found);
  // Where version 34 is recorded, other options are an operator's choice.
  const bool is_recorded = found.reaper_version == reaper_schema_version;
  TRY_VOID(plan.bring(reaper_tables(), !is_recorded));
  if (!found.indexes.contains(std::string(state_index))) {
    plan.change(create_state_index(keyspace));
  }
  TRY_VOID(plan.bring(own_tables(), false));

  const bool had_runs = found.tables.contains("repair_run");
  if (had_runs && found.reaper_version < second_run_index &&
      found.tables.contains("repair_run_by_cluster")) {
    plan.rows(step_kind::copy_run_index);
  }
  if (had_runs && found.reaper_version < mended_run_times) plan.rows(step_kind::mend_run_times);
  if (!is_recorded) plan.write(record_reaper_version(keyspace));
  if (found.own_version < own_schema_version) {
    if (found.tables.contains("repair_unit_v1")) plan.rows(step_kind::index_units);
    plan.write(record_own_version(keyspace));
  }
  return std::move(plan.steps);
}

}  // namespace helenus::storage::cassandra
