#pragma once

#include "base/result.h"
#include "model/repair_run.h"

#include <string>

namespace helenus::repair {

/// What may be asked of a run, or happen to it.
enum class run_command {
  start,   ///< NOT_STARTED, PAUSED or ERROR -> RUNNING
  resume,  ///< PAUSED -> RUNNING
  retry,   ///< ERROR -> RUNNING
  pause,   ///< RUNNING -> PAUSED
  abort,   ///< NOT_STARTED, RUNNING, PAUSED, DONE -> ABORTED
  finish,  ///< RUNNING -> DONE: all segments are done
  fail,    ///< RUNNING -> ERROR: what only a person can cure
};

/// The run after `command`, with times and last event set, not yet stored. `why` becomes the last
/// event when it is not empty. errc::illegal_transition names both states. Pure.
result<model::repair_run> apply(model::repair_run run, run_command command, std::string why,
                                model::wall_time now);

}  // namespace helenus::repair
