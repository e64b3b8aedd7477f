#include "storage/cassandra/schema/table.h"

namespace helenus::storage::cassandra {
namespace {

constexpr auto partition_key = column_kind::partition_key;
constexpr auto clustering = column_kind::clustering;

constexpr column lock[] = {
    {"name", "text", partition_key},
    {"holder", "text"},
    {"owner", "uuid"},
    {"taken_at", "timestamp"},
};

constexpr column schema_version[] = {
    {"name", "text", partition_key},
    {"applied_at", "timestamp"},
    {"version", "int"},
};

constexpr column cluster[] = {
    {"name", "text", partition_key},
    {"jmx_username", "text"},
};

// Shared by the instances of a deployment.
constexpr column secret[] = {
    {"name", "text", partition_key},
    {"secret", "text"},
};

// What a segment of repair_run has beyond its row there.
constexpr column segment[] = {
    {"run_id", "timeuuid", partition_key},
    {"segment_id", "timeuuid", clustering},
    {"attempt", "timestamp"},
    {"command_host", "uuid"},
    {"command_number", "int"},
    {"jvm_start", "timestamp"},
    {"last_error", "text"},
    {"next_attempt", "timestamp"},
    {"place", "int"},
};

constexpr column unit_by_keyspace[] = {
    {"cluster_name", "text", partition_key},
    {"keyspace_name", "text", clustering},
    {"unit_id", "timeuuid", clustering},
};

// A run that is being made or removed, in several steps.
constexpr column unfinished_run[] = {
    {"run_id", "timeuuid", partition_key},
    {"noted_at", "timestamp"},
};

constexpr table tables[] = {
    {"helenus_lock", lock, {}, true},
    {"helenus_schema_version", schema_version},
    {"helenus_cluster", cluster},
    {"helenus_secret", secret},
    {"helenus_segment", segment},
    {"helenus_unit_by_keyspace", unit_by_keyspace},
    {"helenus_unfinished_run", unfinished_run},
};

}  // namespace

std::span<const table> own_tables() { return tables; }

const table& lock_table() { return tables[0]; }

}  // namespace helenus::storage::cassandra
