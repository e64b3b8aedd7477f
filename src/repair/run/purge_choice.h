#pragma once

#include "model/repair_run.h"
#include "repair/repair_options.h"

#include <vector>

namespace helenus::repair {

/// The ended runs that are too old, or beyond the newest of their unit. Pure.
std::vector<model::repair_run> choose_runs_to_purge(std::vector<model::repair_run> runs,
                                                    const repair_options& keep,
                                                    model::wall_time now);

}  // namespace helenus::repair
