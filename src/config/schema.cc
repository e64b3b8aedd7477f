#include "config/schema.h"

#include <algorithm>
#include <array>

namespace helenus::config {

using namespace std::chrono_literals;

namespace {

constexpr int max_days = 36'500;

void read_parallelism(reader& from, const YAML::Node& value, model::repair_parallelism& into) {
  constexpr std::array<std::string_view, 3> names{"SEQUENTIAL", "PARALLEL", "DATACENTER_AWARE"};
  constexpr std::array<model::repair_parallelism, 3> values{
      model::repair_parallelism::sequential, model::repair_parallelism::parallel,
      model::repair_parallelism::datacenter_aware};
  if (const auto index = from.one_of(value, names); index < values.size()) into = values[index];
}

/// `memory` is Reaper's name for its embedded database; without a folder it really is memory.
void read_storage_type(reader& from, const YAML::Node& value, storage_type& into) {
  constexpr std::array<std::string_view, 4> names{"memory", "sqlite", "local", "cassandra"};
  const auto index = from.one_of(value, names);
  if (index < names.size()) into = index == 3 ? storage_type::cassandra : storage_type::embedded;
}

/// What the daemon does about the schema of Cassandra storage. To wait and to verify is the same:
/// nothing is changed, what is missing is told, and it goes on when it is there.
void read_schema_policy(reader& from, const YAML::Node& value, cassandra_settings& into) {
  constexpr std::array<std::string_view, 3> names{"migrate", "wait", "verify"};
  const auto index = from.one_of(value, names);
  if (index < names.size()) into.migrates_schema = index == 0;
}

std::vector<key> run_keys(settings& into) {
  auto& runs = into.runs;
  return {
      {"segmentCountPerNode",
       [&](reader& from, const YAML::Node& value) {
         from.integer(value, 0, 1000, runs.segments_per_node);
       }},
      {"repairParallelism",
       [&](reader& from, const YAML::Node& value) {
         read_parallelism(from, value, runs.parallelism);
       }},
      {"repairIntensity",
       [&](reader& from, const YAML::Node& value) { from.number(value, 0, 1, runs.intensity); }},
      {"incrementalRepair",
       [&](reader& from, const YAML::Node& value) { from.flag(value, runs.incremental); }},
      {"subrangeIncrementalRepair",
       [&](reader& from, const YAML::Node& value) { from.flag(value, runs.subrange_incremental); }},
      {"blacklistTwcsTables",
       [&](reader& from, const YAML::Node& value) {
         from.flag(value, runs.exclude_time_window_tables);
       }},
      {"repairThreadCount",
       [&](reader& from, const YAML::Node& value) {
         from.integer(value, 1, 4, runs.repair_thread_count);
       }},
      {"hangingRepairTimeoutMins",
       [&](reader& from, const YAML::Node& value) {
         std::int64_t minutes = runs.segment_timeout.count();
         from.integer(value, 1, 60 * 24 * 7, minutes);
         runs.segment_timeout = std::chrono::minutes(minutes);
       }},
      {"purgeRecordsAfterInDays",
       [&](reader& from, const YAML::Node& value) {
         from.integer(value, 0, max_days, into.repair.purge_after_days);
       }},
      {"numberOfRunsToKeepPerUnit",
       [&](reader& from, const YAML::Node& value) {
         from.integer(value, 0, 1'000'000, into.repair.runs_to_keep_per_unit);
       }},
      {"maxParallelRepairs",
       [&](reader& from, const YAML::Node& value) {
         from.integer(value, 1, 1000, into.repair.max_parallel_runs);
       }},
      {"maxPendingCompactions",
       [&](reader& from, const YAML::Node& value) {
         from.integer(value, 0, 1'000'000, into.repair.max_pending_compactions);
       }},
  };
}

/// `asks_for_cassandra` becomes the value that asks for Cassandra storage.
std::vector<key> process_keys(settings& into, YAML::Node& asks_for_cassandra) {
  return {
      {"storageType",
       [&](reader& from, const YAML::Node& value) {
         read_storage_type(from, value, into.storage.type);
         if (into.storage.type == storage_type::cassandra) asks_for_cassandra = value;
       }},
      {"schema",
       [&](reader& from, const YAML::Node& value) {
         read_schema_policy(from, value, into.storage.cassandra);
       }},
      {"cassandra",
       [&](reader& from, const YAML::Node& value) {
         read_cassandra(from, value, into.storage.cassandra);
       }},
      {"persistenceStoragePath",
       [&](reader& from, const YAML::Node& value) { from.text(value, into.storage.folder); }},
      {"enableDynamicSeedList",
       [&](reader& from, const YAML::Node& value) {
         from.flag(value, into.clusters.dynamic_seeds);
       }},
      {"accessControl",
       [&](reader& from, const YAML::Node& value) { read_access_control(from, value, into); }},
      {"cryptograph",
       [&](reader& from, const YAML::Node& value) { read_cryptograph(from, value, into); }},
      {"httpManagement",
       [&](reader& from, const YAML::Node& value) { read_http_management(from, value, into); }},
      {"enableCrossOrigin",
       [&](reader& from, const YAML::Node& value) { from.flag(value, into.cross_origin); }},
      {"server", [&](reader& from, const YAML::Node& value) { read_server(from, value, into); }},
      {"logging",
       [&](reader& from, const YAML::Node& value) { read_logging(from, value, into.log); }},
  };
}

/// Keys that Reaper knows and that do nothing here: many never did anything there either.
constexpr std::array<std::string_view, 17> other_keys{"segmentCount",
                                                      "scheduleDaysBetween",
                                                      "repairRunThreadCount",
                                                      "repairManagerSchedulingIntervalSeconds",
                                                      "jmxAddressTranslator",
                                                      "useAddressTranslator",
                                                      "clusterTimeoutInDays",
                                                      "percentRepairedCheckIntervalMinutes",
                                                      "enableConcurrentMigrations",
                                                      "activateQueryLogger",
                                                      "scheduleRetryOnError",
                                                      "scheduleRetryDelay",
                                                      "autoScheduling",
                                                      "httpClient",
                                                      "metrics",
                                                      "admin",
                                                      "health"};

}  // namespace

void read_document(reader& from, const YAML::Node& document, settings& into) {
  auto keys = run_keys(into);
  YAML::Node cassandra;
  for (auto& one : process_keys(into, cassandra)) keys.push_back(std::move(one));
  for (auto& one : jmx_keys(into.jmx)) keys.push_back(std::move(one));
  YAML::Node availability;
  for (auto& one : deployment_keys(into.deployment, availability)) keys.push_back(std::move(one));
  for (const auto name : other_keys) keys.push_back({name});
  from.block(document, keys);
  check_deployment(from, availability, into);
  if (into.storage.type != storage_type::cassandra ||
      !into.storage.cassandra.contact_points.empty()) {
    return;
  }
  const auto where = cassandra.Mark();
  from.problems.push_back({where.is_null() ? 0 : where.line + 1, "cassandra.contactPoints", "",
                           "storageType cassandra needs them: [{host: 10.0.0.1, port: 9042}]"});
}

}  // namespace helenus::config
