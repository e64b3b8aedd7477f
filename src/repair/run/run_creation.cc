#include "repair/run/run_creation.h"

#include "repair/dispatch/version_rule.h"
#include "repair/errc.h"
#include "repair/plan/segment_planner.h"
#include "repair/plan/table_selection.h"

#include <algorithm>

namespace helenus::repair {
namespace {

constexpr int most_segments_per_node = 1000;
constexpr std::size_t longest_text = 1000;
constexpr std::chrono::minutes longest_timeout{60 * 24 * 30};

/// What is repaired both by a schedule and by a new unit would be repaired twice.
task<void> check_schedules(storage::schedule_store& schedules, const model::repair_unit& unit,
                           std::vector<std::string> tables) {
  CO_TRY(known, co_await schedules.list({unit.cluster_name, unit.keyspace}));
  for (const auto& [schedule, theirs] : known) {
    const auto repairs = [&theirs](const std::string& table) {
      return (theirs.tables.empty() || theirs.tables.contains(table)) &&
             !theirs.excluded_tables.contains(table);
    };
    const auto both = std::ranges::find_if(tables, repairs);
    if (both == tables.end()) continue;
    co_return error{errc::scheduled, "schedule " + schedule.id.value().to_string() + " of owner '" +
                                         schedule.owner + "' repairs table '" + *both +
                                         "' with other settings; force=true makes the run "
                                         "all the same"};
  }
  co_return result<void>{};
}

error refuse(std::string why) { return {errc::invalid_request, std::move(why)}; }

}  // namespace

result<void> check_request(const run_request& request) {
  if (request.cluster_name.empty()) return refuse("a cluster must be named");
  if (request.keyspace.empty()) return refuse("a keyspace must be named");
  if (!request.tables.empty() && !request.excluded_tables.empty()) {
    return refuse("tables to repair and tables to leave out can not both be given");
  }
  if (!request.nodes.empty() && !request.datacenters.empty()) {
    return refuse("nodes and datacenters can not both be given");
  }
  if (request.segments_per_node < 0 || request.segments_per_node > most_segments_per_node) {
    return refuse("segments per node must be 0 to 1000, is " +
                  std::to_string(request.segments_per_node));
  }
  if (!(request.intensity > 0.0 && request.intensity <= 1.0)) {
    return refuse("intensity must be above 0 and at most 1");
  }
  if (request.repair_thread_count < 1 || request.repair_thread_count > 4) {
    return refuse("the number of repair threads must be 1 to 4, is " +
                  std::to_string(request.repair_thread_count));
  }
  if (request.timeout < std::chrono::minutes(1) || request.timeout > longest_timeout) {
    return refuse("the timeout must be 1 minute to 30 days");
  }
  if (request.owner.size() > longest_text || request.cause.size() > longest_text) {
    return refuse("owner and cause must be 1000 bytes or less");
  }
  if (request.incremental || request.subrange_incremental) {
    return error{errc::unsupported, "incremental repair is not supported yet"};
  }
  return {};
}

model::repair_unit unit_of(const run_request& request) {
  model::repair_unit unit;
  unit.cluster_name = request.cluster_name;
  unit.keyspace = request.keyspace;
  unit.tables = request.tables;
  unit.excluded_tables = request.excluded_tables;
  unit.nodes = request.nodes;
  unit.datacenters = request.datacenters;
  unit.incremental = request.incremental || request.subrange_incremental;
  unit.subrange_incremental = request.subrange_incremental;
  unit.repair_thread_count = request.repair_thread_count;
  unit.timeout = request.timeout;
  return unit;
}

task<model::repair_run> create_run(run_request request, base::clock& clock,
                                   storage::backend& storage, cluster::cluster_service& clusters,
                                   base::uuid_source& ids) {
  CO_TRY_VOID(check_request(request));
  auto unit = unit_of(request);
  CO_TRY(keyspaces, co_await clusters.keyspaces(request.cluster_name));
  if (std::find(keyspaces.begin(), keyspaces.end(), unit.keyspace) == keyspaces.end()) {
    co_return error{errc::unknown_keyspace, "cluster " + request.cluster_name +
                                                " has no keyspace '" + unit.keyspace +
                                                "' that can be repaired"};
  }
  CO_TRY(nodes, co_await clusters.ring(request.cluster_name));
  if (auto why = mixed_versions(nodes)) co_return error{errc::mixed_versions, std::move(*why)};
  CO_TRY(known, co_await clusters.tables(request.cluster_name, unit.keyspace));
  table_selection_options selection;
  selection.exclude_time_window_tables = request.exclude_time_window_tables;
  CO_TRY(tables, select_tables(known, unit, selection));
  CO_TRY(ring, co_await clusters.keyspace_ring(request.cluster_name, unit.keyspace));
  planner_options planning;
  planning.segments_per_node = request.segments_per_node;
  CO_TRY(plan, plan_segments(ring, unit, planning));

  CO_TRY(same, co_await storage.runs().find_same_unit(unit));
  if (!same && !request.force) {
    CO_TRY_VOID(co_await check_schedules(storage.schedules(), unit, tables));
  }
  const auto now = clock.wall_now();
  unit.id = same ? same->id : model::unit_id(ids.next(now));
  model::repair_run run;
  run.id = model::run_id(ids.next(now));
  run.unit = unit.id;
  run.cluster_name = request.cluster_name;
  run.cause = request.cause;
  run.owner = request.owner;
  run.creation_time = now;
  run.intensity = request.intensity;
  run.parallelism = request.parallelism;
  run.last_event = "no events";
  run.segment_count = static_cast<int>(plan.segments.size());
  run.tables = std::move(tables);
  std::vector<model::repair_segment> segments;
  segments.reserve(plan.segments.size());
  for (auto& planned : plan.segments) {
    auto& segment = segments.emplace_back();
    segment.id = model::segment_id(ids.next(now));
    segment.run = run.id;
    segment.ranges = std::move(planned.ranges);
    segment.replicas = std::move(planned.replicas);
  }
  CO_TRY_VOID(co_await storage.runs().create(unit, run, std::move(segments)));
  co_return run;
}

}  // namespace helenus::repair
