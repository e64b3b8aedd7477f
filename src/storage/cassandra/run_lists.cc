#include "storage/cassandra/run_lists.h"

#include "base/task_group.h"
#include "storage/cassandra/columns.h"
#include "storage/errc.h"

#include <algorithm>
#include <chrono>

namespace helenus::storage::cassandra {
namespace {

using namespace std::chrono_literals;

// Runs of a list that are read at the same time: neither one wait after another nor a flood.
constexpr std::size_t read_together = 16;
// Another process may have had a segment of an ended run reset.
constexpr auto counts_of_ended_hold = 60s;
constexpr std::size_t ended_runs_kept = 10'000;

bool contains(const std::vector<model::run_state>& states, model::run_state state) {
  return std::find(states.begin(), states.end(), state) != states.end();
}

task<std::vector<indexed_run>> runs_of_unit(tables& all, model::unit_id unit) {
  std::vector<indexed_run> runs;
  CO_TRY_VOID(co_await all.ask.read(
      "SELECT id FROM " + all.ask.table("repair_run_by_unit") + " WHERE repair_unit_id = ?",
      {unit.value()}, [&](const cql::row& row) -> result<void> {
        TRY(id, row.get<base::uuid>("id"));
        runs.push_back({model::run_id(id), {}});
        return {};
      }));
  co_return runs;
}

/// The ids of runs among which those of the filter are, newest first.
task<std::vector<model::run_id>> candidates(tables& all, run_filter filter) {
  std::vector<indexed_run> runs;
  if (filter.unit) {
    CO_TRY(found, co_await runs_of_unit(all, *filter.unit));
    runs = std::move(found);
  } else {
    std::vector<std::string> names;
    if (filter.cluster_name) {
      names.push_back(*filter.cluster_name);
    } else {
      CO_TRY(found, co_await cluster_names(all));
      names = std::move(found);
    }
    for (const auto& name : names) {
      CO_TRY(found, co_await indexed_runs(all, name));
      runs.insert(runs.end(), found.begin(), found.end());
    }
  }
  std::vector<model::run_id> ids;
  for (const auto& run : runs) {
    if (may_be_in(filter.states, run.state)) ids.push_back(run.id);
  }
  std::sort(ids.begin(), ids.end(), newer);
  co_return ids;
}

/// Reads the run into its place. One that is gone or can not be read leaves it empty.
task<void> read_into(tables& all, model::run_id id, std::optional<model::repair_run>& place) {
  auto found = co_await find_run(all, id);
  if (found) {
    place = std::move(found->run);
  } else if (found.error().code == make_error_code(errc::corrupt)) {
    all.leave_out(found.error());
  } else if (found.error().code != make_error_code(errc::not_found)) {
    co_return found.error();
  }
  co_return result<void>{};
}

task<std::vector<model::repair_run>> read_runs(tables& all, std::vector<model::run_id> ids) {
  std::vector<std::optional<model::repair_run>> places(ids.size());
  {
    base::task_group group(all.executor);
    for (std::size_t index = 0; index < ids.size(); ++index) {
      group.spawn("read run", read_into(all, ids[index], places[index]));
    }
    CO_TRY_VOID(co_await group.join());
  }
  std::vector<model::repair_run> runs;
  for (auto& place : places) {
    if (place) runs.push_back(std::move(*place));
  }
  co_return runs;
}

/// Units of one answer: each is read once. Nothing for one that is missing or can not be read.
using known_units = std::map<model::unit_id, std::optional<model::repair_unit>>;

task<std::optional<model::repair_unit>> unit_of(tables& all, model::repair_run run,
                                                known_units& known) {
  if (const auto found = known.find(run.unit); found != known.end()) co_return found->second;
  auto read = co_await find_unit(all, run.unit);
  std::optional<model::repair_unit> unit;
  if (read) {
    unit = std::move(*read);
  } else if (read.error().code == make_error_code(errc::corrupt)) {
    all.leave_out(read.error());
  } else {
    co_return read.error();
  }
  if (!unit) {
    all.leave_out({errc::corrupt, "run " + run.id.value().to_string() + ": its unit " +
                                      run.unit.value().to_string() + " is missing"});
  }
  known.emplace(run.unit, unit);
  co_return unit;
}

task<std::vector<model::repair_run>> list(tables& all, run_filter filter, known_units& units) {
  std::vector<model::repair_run> listed;
  CO_TRY(ids, co_await candidates(all, filter));
  for (std::size_t first = 0; first < ids.size() && listed.size() < filter.limit;
       first += read_together) {
    const auto last = std::min(ids.size(), first + read_together);
    CO_TRY(runs, co_await read_runs(all, {ids.begin() + std::ptrdiff_t(first),
                                          ids.begin() + std::ptrdiff_t(last)}));
    for (auto& run : runs) {
      if (listed.size() >= filter.limit) break;
      if (!filter.states.empty() && !contains(filter.states, run.state)) continue;
      if (filter.cluster_name && run.cluster_name != *filter.cluster_name) continue;
      if (filter.keyspace) {
        CO_TRY(unit, co_await unit_of(all, run, units));
        if (!unit || unit->keyspace != *filter.keyspace) continue;
      }
      listed.push_back(std::move(run));
    }
  }
  co_return listed;
}

task<segment_counts> counts_of(tables& all, model::repair_run run) {
  if (!model::is_terminated(run.state)) co_return co_await count_segments(all, run.id);
  const auto now = all.clock.now();
  const auto known = all.ended.find(run.id);
  if (known != all.ended.end() && known->second.counts &&
      now - known->second.counted < counts_of_ended_hold) {
    co_return *known->second.counts;
  }
  if (all.ended.size() >= ended_runs_kept) all.ended.clear();
  all.ended.insert_or_assign(run.id, tables::final_counts{{}, now});
  CO_TRY(counts, co_await count_segments(all, run.id));
  // Whoever changes a segment takes the place away: what was counted before may be outdated.
  const auto place = all.ended.find(run.id);
  if (place != all.ended.end()) place->second.counts = counts;
  co_return counts;
}

}  // namespace

bool newer(model::run_id left, model::run_id right) {
  return std::pair(left.value().timestamp(), left) > std::pair(right.value().timestamp(), right);
}

bool may_be_in(const std::vector<model::run_state>& states,
               const std::optional<model::run_state>& indexed) {
  return states.empty() || !indexed || !model::is_terminated(*indexed) ||
         contains(states, *indexed);
}

task<std::vector<model::repair_run>> list_runs(tables& all, run_filter filter) {
  known_units units;
  co_return co_await list(all, std::move(filter), units);
}

task<std::vector<run_summary>> summarise_runs(tables& all, run_filter filter) {
  known_units units;
  std::vector<run_summary> summaries;
  CO_TRY(runs, co_await list(all, std::move(filter), units));
  for (auto& run : runs) {
    CO_TRY(unit, co_await unit_of(all, run, units));
    if (!unit) continue;
    auto counts = co_await counts_of(all, run);
    if (!counts && counts.error().code == make_error_code(errc::not_found)) continue;
    if (!counts) co_return counts.error();
    summaries.push_back({std::move(run), std::move(*unit), *counts});
  }
  co_return summaries;
}

}  // namespace helenus::storage::cassandra
