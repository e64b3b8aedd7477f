#include "storage/row_rules.h"

#include "storage/errc.h"
#include "storage/segment_store.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <string_view>

namespace helenus::storage {
namespace {

error broken(std::string row, std::string_view rule) {
  return error{errc::invalid_row, std::move(row) + ": " + std::string(rule)};
}

template <class Values>
bool sorted_without_duplicates(const Values& values) {
  return std::adjacent_find(values.begin(), values.end(), [](const auto& left, const auto& right) {
           return left >= right;
         }) == values.end();
}

bool is_on_a_ring(model::token position) {
  return position >= model::minimum_token(model::partitioner::murmur3) &&
         position <= model::maximum_token(model::partitioner::random);
}

std::string name_of(const model::repair_run& row) { return "run " + row.id.value().to_string(); }
std::string name_of(const model::repair_schedule& row) {
  return "schedule " + row.id.value().to_string();
}
std::string name_of(const model::repair_unit& row) { return "unit " + row.id.value().to_string(); }
std::string name_of(const model::repair_segment& row) {
  return "segment " + row.id.value().to_string();
}
std::string name_of(const node_lease& row) {
  return "lease of segment " + row.segment.value().to_string();
}

/// Start excluded, end included, start < end.
struct interval {
  model::int128 start;
  model::int128 end;
  friend bool operator==(const interval&, const interval&) = default;
};

/// The tokens of `ranges` as ascending intervals that do not touch; empty when one is there twice.
std::vector<interval> tokens_of(const std::vector<model::token_range>& ranges) {
  constexpr auto lowest = std::numeric_limits<model::int128>::min();
  constexpr auto highest = std::numeric_limits<model::int128>::max();
  std::vector<interval> pieces;
  for (const auto& range : ranges) {
    if (range.wraps()) {
      pieces.push_back({range.start.value(), highest});
      pieces.push_back({lowest, range.end.value()});
    } else {
      pieces.push_back({range.start.value(), range.end.value()});
    }
  }
  std::sort(pieces.begin(), pieces.end(),
            [](const interval& left, const interval& right) { return left.start < right.start; });
  std::vector<interval> merged;
  for (const auto& piece : pieces) {
    if (!merged.empty() && piece.start < merged.back().end) return {};
    if (!merged.empty() && piece.start == merged.back().end) {
      merged.back().end = piece.end;
    } else {
      merged.push_back(piece);
    }
  }
  return merged;
}

result<void> check_times(const model::repair_segment& row) {
  using enum model::segment_state;
  const bool idle = row.state == not_started;
  const bool in_flight = row.state == started || row.state == running;
  if (row.start_time.has_value() == idle) {
    return broken(name_of(row), "start time must be empty exactly while NOT_STARTED");
  }
  if (row.end_time.has_value() != (row.state == done)) {
    return broken(name_of(row), "end time must be set exactly when DONE");
  }
  if (row.coordinator.has_value() == idle) {
    return broken(name_of(row), "coordinator must be set exactly while STARTED, RUNNING or DONE");
  }
  if (row.command && !in_flight) {
    return broken(name_of(row), "command may only be set while STARTED or RUNNING");
  }
  if (!row.command && row.state == running) {
    return broken(name_of(row), "command must be set while RUNNING");
  }
  return {};
}

}  // namespace

result<void> check(const model::cluster& row) {
  const auto name = "cluster '" + row.name + "'";
  if (row.name.empty()) return broken(name, "name is empty");
  if (row.seed_hosts.empty()) return broken(name, "has no seed host");
  if (!sorted_without_duplicates(row.seed_hosts)) {
    return broken(name, "seed hosts must be sorted and different");
  }
  if (row.seed_hosts.front().empty()) return broken(name, "a seed host is empty");
  if (row.jmx_port == 0) return broken(name, "JMX port is 0");
  return {};
}

result<void> check(const model::repair_unit& row) {
  if (row.id.value().is_nil()) return broken(name_of(row), "id is nil");
  if (row.cluster_name.empty()) return broken(name_of(row), "cluster name is empty");
  if (row.keyspace.empty()) return broken(name_of(row), "keyspace is empty");
  if (row.repair_thread_count < 1 || row.repair_thread_count > 4) {
    return broken(name_of(row), "repair thread count must be 1 to 4");
  }
  if (row.timeout.count() < 1) return broken(name_of(row), "timeout must be a minute or more");
  return {};
}

result<void> check(const model::repair_run& row) {
  using enum model::run_state;
  if (row.id.value().is_nil()) return broken(name_of(row), "id is nil");
  if (row.unit.value().is_nil()) return broken(name_of(row), "unit is nil");
  if (row.cluster_name.empty()) return broken(name_of(row), "cluster name is empty");
  if (!(row.intensity > 0 && row.intensity <= 1)) {
    return broken(name_of(row), "intensity must be above 0 and at most 1");
  }
  if (row.tables.empty()) return broken(name_of(row), "has no table");
  if (row.segment_count < 0) return broken(name_of(row), "segment count is negative");
  if (row.start_time.has_value() == (row.state == not_started)) {
    return broken(name_of(row), "start time must be empty exactly while NOT_STARTED");
  }
  if (row.end_time.has_value() != model::is_terminated(row.state)) {
    return broken(name_of(row), "end time must be set exactly when terminated");
  }
  if (row.pause_time.has_value() != (row.state == paused)) {
    return broken(name_of(row), "pause time must be set exactly while PAUSED");
  }
  return {};
}

result<void> check(const model::repair_segment& row) {
  if (row.id.value().is_nil()) return broken(name_of(row), "id is nil");
  if (row.run.value().is_nil()) return broken(name_of(row), "run is nil");
  if (row.ranges.empty()) return broken(name_of(row), "has no token range");
  for (const auto& range : row.ranges) {
    if (!is_on_a_ring(range.start) || !is_on_a_ring(range.end)) {
      return broken(name_of(row), "token range " + range.to_string() + " is on no ring");
    }
  }
  if (!row.replicas || (row.replicas->empty() && !row.node)) {
    return broken(name_of(row), "has no replica");
  }
  if (row.node && row.node->id.value().is_nil()) return broken(name_of(row), "host id is nil");
  if (!sorted_without_duplicates(*row.replicas)) {
    return broken(name_of(row), "replicas must be sorted and different");
  }
  if (row.fail_count < 0) return broken(name_of(row), "fail count is negative");
  return check_times(row);
}

result<void> check(const model::repair_schedule& row) {
  using enum model::schedule_state;
  if (row.id.value().is_nil()) return broken(name_of(row), "id is nil");
  if (row.unit.value().is_nil()) return broken(name_of(row), "unit is nil");
  if (row.state == deleted) return broken(name_of(row), "is not stored when DELETED");
  if (row.days_between < 0) return broken(name_of(row), "days between runs are negative");
  if (!(row.intensity >= 0 && row.intensity <= 1)) {
    return broken(name_of(row), "intensity must be 0 to 1");
  }
  if (row.segment_count_per_node < 0) {
    return broken(name_of(row), "segment count per node is negative");
  }
  if (row.percent_unrepaired_threshold.value_or(0) < 0) {
    return broken(name_of(row), "percent unrepaired threshold is negative");
  }
  if (row.pause_time && row.state != paused) {
    return broken(name_of(row), "pause time may only be set while PAUSED");
  }
  return {};
}

result<void> check(const instance& row) {
  if (row.id.is_nil()) return broken("instance on '" + row.host + "'", "id is nil");
  return {};
}

result<void> check(const node_lease& row) {
  if (row.run.value().is_nil()) return broken(name_of(row), "run is nil");
  if (row.segment.value().is_nil()) return broken(name_of(row), "segment is nil");
  if (row.nodes.empty()) return broken(name_of(row), "has no node");
  const std::set<model::node_address> different(row.nodes.begin(), row.nodes.end());
  if (different.size() != row.nodes.size()) return broken(name_of(row), "has a node twice");
  if (different.contains("")) return broken(name_of(row), "a node is empty");
  if (different.contains(whole_run) && !row.is_of_whole_run()) {
    return broken(name_of(row), "is of nodes and of the whole run");
  }
  return {};
}

result<void> check_take(const node_lease& what, const std::vector<handed_node>& handed,
                        const std::vector<handed_node>& freed) {
  TRY_VOID(check(what));
  std::set<model::node_address> left(what.nodes.begin(), what.nodes.end());
  for (const auto& given : handed) {
    if (left.erase(given.node) == 0) {
      return broken(name_of(what), "a node handed over is not of it, or is handed over twice");
    }
  }
  std::set<model::node_address> named(what.nodes.begin(), what.nodes.end());
  for (const auto& each : freed) {
    if (!named.insert(each.node).second) {
      return broken(name_of(what), "a node to be freed is of it, or is freed twice");
    }
  }
  return {};
}

result<void> check_asked(const std::vector<model::segment_id>& ids) {
  if (ids.size() <= segment_store::most_asked) return {};
  return broken("a question", std::to_string(ids.size()) + " segments are asked for at once; " +
                                  std::to_string(segment_store::most_asked) + " may be");
}

result<void> check_secret(std::string_view name, const base::secret& value) {
  if (name.empty()) return broken("secret", "it has a name");
  if (value.empty()) return broken("secret " + std::string(name), "it is not empty");
  return {};
}

result<void> check_creation(const model::repair_unit& unit, const model::repair_run& run,
                            const std::vector<model::repair_segment>& segments) {
  TRY_VOID(check(unit));
  TRY_VOID(check(run));
  if (run.unit != unit.id) return broken(name_of(run), "is of another unit than the one given");
  if (run.cluster_name != unit.cluster_name) {
    return broken(name_of(run), "is of another cluster than its unit");
  }
  if (static_cast<std::size_t>(run.segment_count) != segments.size()) {
    return broken(name_of(run), "segment count " + std::to_string(run.segment_count) +
                                    " is not the number of segments, " +
                                    std::to_string(segments.size()));
  }
  for (const auto& segment : segments) {
    TRY_VOID(check(segment));
    if (segment.run != run.id) return broken(name_of(segment), "is of another run");
  }
  return {};
}

result<void> check_creation(const model::repair_unit& unit,
                            const model::repair_schedule& schedule) {
  TRY_VOID(check(unit));
  TRY_VOID(check(schedule));
  if (schedule.unit != unit.id) {
    return broken(name_of(schedule), "is of another unit than the one given");
  }
  return {};
}

result<void> check_replacement(const model::repair_run& stored, const model::repair_run& next) {
  if (next.unit != stored.unit) return broken(name_of(next), "unit can not change");
  if (next.cluster_name != stored.cluster_name) {
    return broken(name_of(next), "cluster can not change");
  }
  if (next.creation_time != stored.creation_time) {
    return broken(name_of(next), "creation time can not change");
  }
  return {};
}

result<void> check_replacement(const model::repair_segment& stored,
                               const model::repair_segment& next) {
  const auto host = [](const model::repair_segment& row) {
    return row.node ? row.node->id : model::host_id();
  };
  if (next.ranges != stored.ranges) return broken(name_of(next), "token ranges can not change");
  if (host(next) != host(stored)) return broken(name_of(next), "host id can not change");
  return {};
}

result<void> check_replacement(const model::repair_schedule& stored,
                               const model::repair_schedule& next) {
  if (next.unit != stored.unit) return broken(name_of(next), "unit can not change");
  if (next.creation_time != stored.creation_time) {
    return broken(name_of(next), "creation time can not change");
  }
  return {};
}

result<void> check_split(const model::repair_segment& old,
                         const std::vector<model::repair_segment>& parts) {
  if (old.node) return broken(name_of(old), "a whole node is not split");
  std::vector<model::token_range> ranges;
  for (const auto& part : parts) {
    TRY_VOID(check(part));
    if (part.node) return broken(name_of(part), "a part of a split is no whole node");
    if (part.run != old.run) return broken(name_of(part), "is of another run");
    if (part.state != model::segment_state::not_started) {
      return broken(name_of(part), "a part of a split must be NOT_STARTED");
    }
    ranges.insert(ranges.end(), part.ranges.begin(), part.ranges.end());
  }
  const auto before = tokens_of(old.ranges);
  if (ranges.empty() || tokens_of(ranges) != before) {
    return broken(name_of(old), "the parts of a split must cover the same tokens, each once");
  }
  return {};
}

}  // namespace helenus::storage
