#pragma once

#include "base/result.h"
#include "model/ids.h"
#include "model/repair_run.h"
#include "model/wall_time.h"

#include <optional>
#include <string>
#include <string_view>

namespace helenus::model {

/// `deleted` is where a schedule ends; one that is stored is never in it.
enum class schedule_state { active, paused, deleted };

/// "ACTIVE", as in the REST interface and the tables.
std::string_view to_string(schedule_state state);
result<schedule_state> parse_schedule_state(std::string_view text);
/// The table of legal transitions of a schedule. An active one is paused before it is deleted.
bool may_become(schedule_state from, schedule_state to);

/// When runs of a unit are made, and how each of them is.
struct repair_schedule {
  schedule_id id;
  unit_id unit;
  std::string owner;
  schedule_state state = schedule_state::active;
  int days_between = 7;  ///< 0: the next run as soon as the last one has ended
  wall_time next_activation{};
  wall_time creation_time{};
  std::optional<wall_time> pause_time;  ///< may be set while paused, else empty
  double intensity = 0.9;               ///< [0, 1]: that of its runs, which take none of 0
  repair_parallelism parallelism = repair_parallelism::datacenter_aware;
  int segment_count_per_node = 0;  ///< 0: as configured
  bool adaptive = false;           ///< the segment count follows how runs went
  /// A share of data not repaired incrementally that makes a run before its time; empty: none.
  std::optional<int> percent_unrepaired_threshold;
  std::optional<run_id> last_run;  ///< the last of its runs that is done
  version stored = 0;              ///< version of the stored row this was read from
};

/// What the cause of a run says that a schedule has made: "scheduled run (schedule id <uuid>)".
/// Clients and Cassandra Reaper read it.
std::string cause_of_runs(schedule_id schedule);

}  // namespace helenus::model
