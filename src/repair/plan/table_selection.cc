#include "repair/plan/table_selection.h"

#include "repair/errc.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace helenus::repair {
namespace {

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](unsigned char left, unsigned char right) {
                       return std::tolower(left) == std::tolower(right);
                     }) != text.end();
}

bool is_time_window(const model::table& table) {
  return contains_ignoring_case(table.compaction_strategy, "TimeWindowCompactionStrategy") ||
         contains_ignoring_case(table.compaction_strategy, "DateTieredCompactionStrategy");
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::vector<std::string> unknown_names(const std::set<std::string>& wanted,
                                       const std::set<std::string>& known) {
  std::vector<std::string> unknown;
  std::set_difference(wanted.begin(), wanted.end(), known.begin(), known.end(),
                      std::back_inserter(unknown));
  return unknown;
}

}  // namespace

result<std::vector<std::string>> select_tables(const std::vector<model::table>& known,
                                               const model::repair_unit& unit,
                                               const table_selection_options& options) {
  std::set<std::string> names;
  std::vector<std::string> time_window;
  for (const auto& table : known) {
    names.insert(table.name);
    if (is_time_window(table)) time_window.push_back(table.name);
  }
  auto must_exist = unit.tables;
  if (options.exclusions_must_exist) {
    must_exist.insert(unit.excluded_tables.begin(), unit.excluded_tables.end());
  }
  const auto unknown = unknown_names(must_exist, names);
  if (!unknown.empty()) {
    return error{errc::unknown_table,
                 "keyspace " + unit.keyspace + " has no table " + joined(unknown)};
  }
  if (names.empty()) {
    return error{errc::nothing_to_repair, "keyspace " + unit.keyspace + " has no tables"};
  }
  const bool named = !unit.tables.empty();
  auto chosen = named ? unit.tables : names;
  for (const auto& name : unit.excluded_tables) chosen.erase(name);
  const bool left_before_strategies = !chosen.empty();
  if (!named && options.exclude_time_window_tables) {
    for (const auto& name : time_window) chosen.erase(name);
  }
  if (chosen.empty()) {
    return error{errc::nothing_to_repair,
                 left_before_strategies
                     ? "every table of keyspace " + unit.keyspace +
                           " that is left is excluded by its time-window compaction strategy"
                     : "every table of keyspace " + unit.keyspace + " to repair is excluded"};
  }
  return std::vector<std::string>(chosen.begin(), chosen.end());
}

}  // namespace helenus::repair
