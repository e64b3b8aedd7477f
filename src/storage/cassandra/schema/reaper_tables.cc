#include "storage/cassandra/schema/table.h"

namespace helenus::storage::cassandra {
namespace {

constexpr auto partition_key = column_kind::partition_key;
constexpr auto clustering = column_kind::clustering;
constexpr auto shared = column_kind::shared;

constexpr std::string_view size_tiered = "SizeTieredCompactionStrategy";
constexpr std::string_view time_window = "TimeWindowCompactionStrategy";

constexpr column cluster[] = {
    {"name", "text", partition_key},
    {"last_contact", "timestamp"},
    {"namespace", "text"},
    {"partitioner", "text"},
    {"properties", "text"},
    {"seed_hosts", "set<text>"},
    {"state", "text"},
};

constexpr column diagnostic_event_subscription[] = {
    {"id", "uuid", partition_key},  {"cluster", "text"},
    {"description", "text"},        {"events", "set<text>"},
    {"export_file_logger", "text"}, {"export_http_endpoint", "text"},
    {"export_sse", "boolean"},      {"nodes", "set<text>"},
};

constexpr column leader[] = {
    {"leader_id", "timeuuid", partition_key},
    {"last_heartbeat", "timestamp"},
    {"reaper_instance_host", "text"},
    {"reaper_instance_id", "uuid"},
};

constexpr column node_metrics_v1[] = {
    {"run_id", "uuid", partition_key},
    {"time_partition", "bigint", partition_key},
    {"node", "text", clustering},
    {"active_anticompactions", "int"},
    {"cluster", "text"},
    {"datacenter", "text"},
    {"has_repair_running", "boolean"},
    {"pending_compactions", "int"},
    {"requested", "boolean"},
};

constexpr column node_metrics_v3[] = {
    {"cluster", "text", partition_key},       {"metric_domain", "text", partition_key},
    {"metric_type", "text", partition_key},   {"time_bucket", "text", partition_key},
    {"host", "text", partition_key},          {"ts", "timestamp", clustering, true},
    {"metric_scope", "text", clustering},     {"metric_name", "text", clustering},
    {"metric_attribute", "text", clustering}, {"value", "double"},
};

constexpr column node_operations[] = {
    {"cluster", "text", partition_key},
    {"type", "text", partition_key},
    {"time_bucket", "text", partition_key},
    {"host", "text", clustering},
    {"data", "text"},
    {"ts", "timestamp"},
};

constexpr column percent_repaired_by_schedule[] = {
    {"cluster_name", "text", partition_key},
    {"repair_schedule_id", "uuid", partition_key},
    {"time_bucket", "text", partition_key},
    {"node", "text", clustering},
    {"keyspace_name", "text"},
    {"percent_repaired", "int"},
    {"table_name", "text"},
    {"ts", "timestamp"},
};

constexpr column repair_run[] = {
    {"id", "timeuuid", partition_key},
    {"segment_id", "timeuuid", clustering},
    {"adaptive_schedule", "boolean", shared},
    {"cause", "text", shared},
    {"cluster_name", "text", shared},
    {"creation_time", "timestamp", shared},
    {"end_time", "timestamp", shared},
    {"intensity", "double", shared},
    {"last_event", "text", shared},
    {"owner", "text", shared},
    {"pause_time", "timestamp", shared},
    {"repair_parallelism", "text", shared},
    {"repair_unit_id", "timeuuid", shared},
    {"segment_count", "int", shared},
    {"start_time", "timestamp", shared},
    {"state", "text", shared},
    {"tables", "set<text>", shared},
    {"coordinator_host", "text"},
    {"end_token", "varint"},
    {"fail_count", "int"},
    {"host_id", "uuid"},
    {"replicas", "frozen<map<text, text>>"},
    {"segment_end_time", "timestamp"},
    {"segment_start_time", "timestamp"},
    {"segment_state", "int"},
    {"start_token", "varint"},
    {"token_ranges", "text"},
};

constexpr column repair_run_by_cluster[] = {
    {"cluster_name", "text", partition_key},
    {"id", "timeuuid", clustering},
};

constexpr column repair_run_by_cluster_v2[] = {
    {"cluster_name", "text", partition_key},
    {"id", "timeuuid", clustering, true},
    {"repair_run_state", "text"},
};

constexpr column repair_run_by_unit[] = {
    {"repair_unit_id", "timeuuid", partition_key},
    {"id", "timeuuid", clustering},
};

constexpr column repair_schedule_by_cluster_and_keyspace[] = {
    {"cluster_name", "text", partition_key},
    {"keyspace_name", "text", partition_key},
    {"repair_schedule_id", "timeuuid", clustering},
};

constexpr column repair_schedule_v1[] = {
    {"id", "timeuuid", partition_key}, {"adaptive", "boolean"},
    {"creation_time", "timestamp"},    {"days_between", "int"},
    {"intensity", "double"},           {"last_run", "timeuuid"},
    {"next_activation", "timestamp"},  {"owner", "text"},
    {"pause_time", "timestamp"},       {"percent_unrepaired_threshold", "int"},
    {"repair_parallelism", "text"},    {"repair_unit_id", "timeuuid"},
    {"run_history", "set<timeuuid>"},  {"segment_count", "int"},
    {"segment_count_per_node", "int"}, {"state", "text"},
};

constexpr column repair_unit_v1[] = {
    {"id", "timeuuid", partition_key},
    {"blacklisted_tables", "set<text>"},
    {"cluster_name", "text"},
    {"column_families", "set<text>"},
    {"datacenters", "set<text>"},
    {"incremental_repair", "boolean"},
    {"keyspace_name", "text"},
    {"nodes", "set<text>"},
    {"repair_thread_count", "int"},
    {"subrange_incremental", "boolean"},
    {"timeout", "int"},
};

constexpr column running_reapers[] = {
    {"reaper_instance_id", "uuid", partition_key},
    {"last_heartbeat", "timestamp"},
    {"reaper_instance_host", "text"},
};

constexpr column running_repairs[] = {
    {"repair_id", "uuid", partition_key},
    {"node", "text", clustering},
    {"reaper_instance_host", "text"},
    {"reaper_instance_id", "uuid"},
    {"segment_id", "uuid"},
};

constexpr column schema_migration[] = {
    {"applied_successful", "boolean", partition_key},
    {"version", "int", clustering},
    {"executed_at", "timestamp"},
    {"script", "text"},
    {"script_name", "text"},
};

constexpr column schema_migration_leader[] = {
    {"keyspace_name", "text", partition_key},
    {"leader", "uuid"},
    {"leader_hostname", "text"},
    {"took_lead_at", "timestamp"},
};

constexpr column snapshot[] = {
    {"cluster", "text", partition_key},
    {"snapshot_name", "text", partition_key},
    {"cause", "text"},
    {"creation_time", "timestamp"},
    {"owner", "text"},
};

constexpr table_options short_lived(int seconds) {
  return {.time_to_live = seconds, .gc_grace = seconds};
}

constexpr table_options in_windows(int minutes, int time_to_live, int gc_grace) {
  return {.compaction = time_window,
          .window_minutes = minutes,
          .time_to_live = time_to_live,
          .gc_grace = gc_grace,
          .bloom_false_positives = 0.01};
}

constexpr table_options read_often(double bloom, std::string_view rows) {
  return {.bloom_false_positives = bloom, .cached_rows = rows};
}

// Reaper's migrations come first: a Reaper that starts meanwhile finds its lock.
constexpr table tables[] = {
    {"schema_migration_leader",
     schema_migration_leader,
     {.compaction = size_tiered, .bloom_false_positives = 0.01}},
    {"schema_migration",
     schema_migration,
     {.compaction = size_tiered, .bloom_false_positives = 0.01}},
    {"cluster", cluster, read_often(0.01, "ALL")},
    {"diagnostic_event_subscription", diagnostic_event_subscription, read_often(0.1, "ALL")},
    {"leader", leader, short_lived(600)},
    {"node_metrics_v1", node_metrics_v1, in_windows(2, 180, 120)},
    {"node_metrics_v3", node_metrics_v3, in_windows(10, 3600, 300)},
    {"node_operations", node_operations, in_windows(30, 300, 300)},
    {"percent_repaired_by_schedule",
     percent_repaired_by_schedule,
     {.time_to_live = 3600, .gc_grace = 300}},
    {"repair_run", repair_run, read_often(0.1, "5000")},
    {"repair_run_by_cluster", repair_run_by_cluster},
    {"repair_run_by_cluster_v2", repair_run_by_cluster_v2},
    {"repair_run_by_unit", repair_run_by_unit, read_often(0.1, "ALL")},
    {"repair_schedule_by_cluster_and_keyspace", repair_schedule_by_cluster_and_keyspace},
    {"repair_schedule_v1", repair_schedule_v1},
    {"repair_unit_v1", repair_unit_v1},
    {"running_reapers", running_reapers, short_lived(180)},
    {"running_repairs", running_repairs, short_lived(300)},
    {"snapshot", snapshot, read_often(0.1, "ALL")},
};

}  // namespace

std::span<const table> reaper_tables() { return tables; }

}  // namespace helenus::storage::cassandra
