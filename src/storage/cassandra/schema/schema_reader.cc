#include "storage/cassandra/schema/schema_reader.h"

#include "storage/cassandra/requests.h"

#include <algorithm>

namespace helenus::storage::cassandra {
namespace {

result<column_kind> kind_from(const std::string& text) {
  if (text == "partition_key") return column_kind::partition_key;
  if (text == "clustering") return column_kind::clustering;
  if (text == "static") return column_kind::shared;
  return column_kind::regular;
}

task<void> read_tables(requests& ask, std::string keyspace, found_schema& into) {
  co_return co_await ask.read(
      "SELECT table_name, compaction, default_time_to_live, gc_grace_seconds FROM "
      "system_schema.tables WHERE keyspace_name = ?",
      {keyspace}, [&](const cql::row& row) -> result<void> {
        TRY(name, row.get<std::string>("table_name"));
        auto& table = into.tables[name];
        using options = std::map<std::string, std::string>;
        TRY(compaction, row.get<options>("compaction"));
        table.compaction = compaction["class"];
        TRY(time_to_live, row.get<std::optional<std::int32_t>>("default_time_to_live"));
        table.time_to_live = time_to_live.value_or(0);
        TRY(gc_grace, row.get<std::optional<std::int32_t>>("gc_grace_seconds"));
        table.gc_grace = gc_grace.value_or(0);
        return {};
      });
}

task<void> read_columns(requests& ask, std::string keyspace, found_schema& into) {
  co_return co_await ask.read(
      "SELECT table_name, column_name, type, kind FROM system_schema.columns WHERE "
      "keyspace_name = ?",
      {keyspace}, [&](const cql::row& row) -> result<void> {
        TRY(table, row.get<std::string>("table_name"));
        TRY(name, row.get<std::string>("column_name"));
        TRY(type, row.get<std::string>("type"));
        TRY(kind_name, row.get<std::string>("kind"));
        TRY(kind, kind_from(kind_name));
        into.tables[table].columns[name] = {type, kind};
        return {};
      });
}

task<void> read_indexes(requests& ask, std::string keyspace, found_schema& into) {
  co_return co_await ask.read(
      "SELECT index_name FROM system_schema.indexes WHERE keyspace_name = ?", {keyspace},
      [&](const cql::row& row) -> result<void> {
        TRY(name, row.get<std::string>("index_name"));
        into.indexes.insert(name);
        return {};
      });
}

/// The highest of the versions that the statement selects.
task<int> read_version(requests& ask, std::string select) {
  int highest = 0;
  CO_TRY_VOID(co_await ask.read(std::move(select), {}, [&](const cql::row& row) -> result<void> {
    TRY(version, row.get<std::optional<std::int32_t>>("version"));
    highest = std::max(highest, version.value_or(0));
    return {};
  }));
  co_return highest;
}

}  // namespace

task<found_schema> read_schema(cql::session& session, std::string keyspace) {
  requests ask(session, keyspace);
  found_schema found;
  CO_TRY_VOID(
      co_await ask.read("SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?",
                        {keyspace}, [&](const cql::row&) -> result<void> {
                          found.keyspace_exists = true;
                          return {};
                        }));
  if (!found.keyspace_exists) co_return found;
  CO_TRY_VOID(co_await read_tables(ask, keyspace, found));
  CO_TRY_VOID(co_await read_columns(ask, keyspace, found));
  // Each answer is of one node and moment: a table that is just being made may be in one of the two
  // and not in the other. Then it is as good as not there.
  std::erase_if(found.tables, [](const auto& entry) {
    return entry.second.columns.empty() || entry.second.compaction.empty();
  });
  CO_TRY_VOID(co_await read_indexes(ask, keyspace, found));
  if (found.tables.contains("schema_migration")) {
    CO_TRY(version,
           co_await read_version(ask, "SELECT version FROM " + ask.table("schema_migration") +
                                          " WHERE applied_successful = true ORDER BY "
                                          "version DESC LIMIT 1"));
    found.reaper_version = version;
  }
  if (found.tables.contains("helenus_schema_version")) {
    CO_TRY(version,
           co_await read_version(ask, "SELECT version FROM " + ask.table("helenus_schema_version") +
                                          " WHERE name = 'helenus'"));
    found.own_version = version;
  }
  co_return found;
}

task<std::map<std::string, int>> count_nodes(cql::session& session) {
  auto nodes = co_await session.nodes();
  if (!nodes) co_return as_storage_error(nodes.error());
  std::map<std::string, int> counts;
  for (const auto& node : *nodes) ++counts[node.datacenter];
  co_return counts;
}

}  // namespace helenus::storage::cassandra
