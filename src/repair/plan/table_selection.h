#pragma once

#include "base/result.h"
#include "model/repair_unit.h"
#include "model/table.h"

#include <string>
#include <vector>

namespace helenus::repair {

struct table_selection_options {
  /// Leave out tables with TimeWindowCompactionStrategy or DateTieredCompactionStrategy, unless the
  /// unit names them: repair mixes their time windows.
  bool exclude_time_window_tables = false;
  /// A person who excludes a table that does not exist has mistyped it; a schedule outlives tables.
  bool exclusions_must_exist = true;
};

/// The tables of a run, sorted: those that the unit names, or else all of `known` (the tables of
/// the unit's keyspace), without the unit's excluded ones. Never empty: to Cassandra an empty list
/// would mean every table.
///
/// Errors: unknown_table naming every one that `known` lacks; nothing_to_repair saying what
/// excluded the rest.
result<std::vector<std::string>> select_tables(const std::vector<model::table>& known,
                                               const model::repair_unit& unit,
                                               const table_selection_options& options);

}  // namespace helenus::repair
