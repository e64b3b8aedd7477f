#pragma once

#include <span>
#include <string_view>

namespace helenus::storage::cassandra {

enum class column_kind { partition_key, clustering, shared, regular };  ///< shared: static

struct column {
  std::string_view name;
  std::string_view type;  ///< as system_schema.columns writes it
  column_kind kind = column_kind::regular;
  bool descending = false;  ///< of a clustering column
};

/// How the rows of a table are kept. What is not here is left to Cassandra's defaults.
struct table_options {
  std::string_view compaction = "LeveledCompactionStrategy";
  int window_minutes = 0;  ///< of TimeWindowCompactionStrategy
  int time_to_live = 0;    ///< seconds; 0: for ever
  int gc_grace = 864'000;  ///< seconds
  double bloom_false_positives = 0.1;
  std::string_view cached_rows = "NONE";  ///< of a partition: NONE, ALL or a number
};

/// A table as it should be. Keys come first and in their order.
struct table {
  std::string_view name;
  std::span<const column> columns;
  table_options options{};
  /// Made under an id that follows from its name. Two coordinators that create one table at the
  /// same moment else make two tables of one name.
  bool has_fixed_id = false;
};

/// Reaper's tables at its schema version 34.
std::span<const table> reaper_tables();
inline constexpr int reaper_schema_version = 34;
/// Below it tables had other keys: Reaper itself refuses them.
inline constexpr int oldest_reaper_schema_version = 15;

/// What Helenus keeps beyond them. Reaper neither knows nor minds these.
std::span<const table> own_tables();
inline constexpr int own_schema_version = 1;

/// Who may change the schema now: the first table that is made, and the same by whoever makes it.
const table& lock_table();

}  // namespace helenus::storage::cassandra
