#pragma once

#include "base/result.h"
#include "model/ids.h"
#include "model/wall_time.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::model {

enum class run_state { not_started, running, paused, done, error, aborted, deleted };
enum class repair_parallelism { sequential, parallel, datacenter_aware };

/// "NOT_STARTED", as in the REST interface and the tables.
std::string_view to_string(run_state state);
result<run_state> parse_run_state(std::string_view text);
/// "DATACENTER_AWARE"
std::string_view to_string(repair_parallelism value);
result<repair_parallelism> parse_repair_parallelism(std::string_view text);

/// True for done, error, aborted and deleted.
bool is_terminated(run_state state);
/// The table of legal transitions of a run.
bool may_become(run_state from, run_state to);

/// Counts each stored change of a run or segment: replace() only writes over the version it saw.
using version = std::int64_t;

/// One repair of a unit: from planned to done.
struct repair_run {
  run_id id;
  unit_id unit;
  std::string cluster_name;
  std::string cause;
  std::string owner;
  run_state state = run_state::not_started;
  wall_time creation_time{};
  std::optional<wall_time> start_time;  ///< empty exactly while not_started
  std::optional<wall_time> end_time;    ///< set exactly when terminated
  std::optional<wall_time> pause_time;  ///< set exactly while paused
  double intensity = 0.9;               ///< (0, 1]: share of time a node spends repairing
  repair_parallelism parallelism = repair_parallelism::datacenter_aware;
  std::string last_event;
  int segment_count = 0;
  std::vector<std::string> tables;  ///< resolved when the run was planned; sorted; never empty
  bool adaptive_schedule = false;
  version stored = 0;  ///< version of the stored row this was read from
};

}  // namespace helenus::model
