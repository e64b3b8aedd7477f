#include "storage/cassandra/schema/statements.h"

#include "base/uuid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace helenus::storage::cassandra {
namespace {

std::string qualified(std::string_view keyspace, std::string_view name) {
  return '"' + std::string(keyspace) + "\"." + std::string(name);
}

std::string quoted(std::string_view text) {
  std::string literal = "'";
  for (const char one : text) {
    if (one == '\'') literal += '\'';
    literal += one;
  }
  return literal + "'";
}

/// Names that CQL may take for a word of its own.
std::string column_name(std::string_view name) {
  return name == "namespace" || name == "datacenters" ? '"' + std::string(name) + '"'
                                                      : std::string(name);
}

/// The same for everybody, and another one for every keyspace: Cassandra knows tables by their ids.
std::string fixed_id(std::string_view keyspace, std::string_view name) {
  std::array<std::uint8_t, 16> bytes{};
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  const auto mix = [&hash](std::string_view text) {
    for (const char one : text) hash = (hash ^ static_cast<std::uint8_t>(one)) * 1099511628211ULL;
  };
  for (auto& byte : bytes) {
    mix(keyspace);
    mix(".");
    mix(name);
    byte = static_cast<std::uint8_t>(hash >> 32);
  }
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x80);  // a version of one's own
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  return base::uuid(bytes).to_string();
}

std::string definition(const column& defined) {
  auto text = column_name(defined.name) + ' ' + std::string(defined.type);
  if (defined.kind == column_kind::shared) text += " static";
  return text;
}

std::string names_of(const table& made, column_kind kind) {
  std::string names;
  for (const auto& one : made.columns) {
    if (one.kind != kind) continue;
    if (!names.empty()) names += ", ";
    names += column_name(one.name);
  }
  return names;
}

std::string primary_key(const table& made) {
  auto key = "PRIMARY KEY ((" + names_of(made, column_kind::partition_key) + ")";
  const auto clustering = names_of(made, column_kind::clustering);
  if (!clustering.empty()) key += ", " + clustering;
  return key + ")";
}

std::string clustering_order(const table& made) {
  std::string order;
  bool is_default = true;
  for (const auto& one : made.columns) {
    if (one.kind != column_kind::clustering) continue;
    if (!order.empty()) order += ", ";
    order += column_name(one.name) + (one.descending ? " DESC" : " ASC");
    is_default = is_default && !one.descending;
  }
  return is_default ? "" : "CLUSTERING ORDER BY (" + order + ") AND ";
}

std::string compaction(const table_options& options) {
  auto map = "compaction = {'class': " + quoted(options.compaction);
  if (options.window_minutes > 0) {
    map += ", 'compaction_window_size': '" + std::to_string(options.window_minutes) +
           "', 'compaction_window_unit': 'MINUTES', 'unchecked_tombstone_compaction': 'true'";
  }
  return map + "}";
}

std::string lifetime(const table_options& options) {
  return "default_time_to_live = " + std::to_string(options.time_to_live) +
         " AND gc_grace_seconds = " + std::to_string(options.gc_grace);
}

}  // namespace

bool is_keyspace_name(std::string_view name) {
  return !name.empty() && name.size() <= 48 && std::all_of(name.begin(), name.end(), [](char one) {
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9') ||
           one == '_';
  });
}

std::string create_keyspace(std::string_view keyspace,
                            const std::map<std::string, int>& copies_by_datacenter) {
  auto text = "CREATE KEYSPACE IF NOT EXISTS \"" + std::string(keyspace) +
              "\" WITH replication = {'class': 'NetworkTopologyStrategy'";
  for (const auto& [datacenter, copies] : copies_by_datacenter) {
    text += ", " + quoted(datacenter) + ": '" + std::to_string(copies) + "'";
  }
  return text + "}";
}

std::string create_table(std::string_view keyspace, const table& made) {
  auto text = "CREATE TABLE IF NOT EXISTS " + qualified(keyspace, made.name) + " (";
  for (const auto& one : made.columns) text += definition(one) + ", ";
  text += primary_key(made) + ") WITH " + clustering_order(made);
  if (made.has_fixed_id) text += "ID = " + quoted(fixed_id(keyspace, made.name)) + " AND ";
  const auto& options = made.options;
  const auto percent = std::lround(options.bloom_false_positives * 100);
  text += compaction(options) + " AND " + lifetime(options) +
          " AND bloom_filter_fp_chance = " + (percent < 10 ? "0.0" : "0.") +
          std::to_string(percent < 10 ? percent : percent / 10) +
          " AND caching = {'keys': 'ALL', 'rows_per_partition': " + quoted(options.cached_rows) +
          "}";
  return text;
}

std::string add_column(std::string_view keyspace, std::string_view table, const column& added) {
  return "ALTER TABLE " + qualified(keyspace, table) + " ADD " + definition(added);
}

std::string set_options(std::string_view keyspace, const table& changed) {
  return "ALTER TABLE " + qualified(keyspace, changed.name) + " WITH " +
         compaction(changed.options) + " AND " + lifetime(changed.options);
}

std::string create_state_index(std::string_view keyspace) {
  return "CREATE INDEX IF NOT EXISTS " + std::string(state_index) + " ON " +
         qualified(keyspace, "repair_run_by_cluster_v2") + " (repair_run_state)";
}

std::string record_reaper_version(std::string_view keyspace) {
  return "INSERT INTO " + qualified(keyspace, "schema_migration") +
         " (applied_successful, version, script_name, script, executed_at) VALUES (true, " +
         std::to_string(reaper_schema_version) +
         ", '034_init_reaper_db.cql', 'brought to this version by Helenus', toTimestamp(now()))";
}

std::string record_own_version(std::string_view keyspace) {
  return "INSERT INTO " + qualified(keyspace, "helenus_schema_version") +
         " (name, version, applied_at) VALUES ('helenus', " + std::to_string(own_schema_version) +
         ", toTimestamp(now()))";
}

}  // namespace helenus::storage::cassandra
