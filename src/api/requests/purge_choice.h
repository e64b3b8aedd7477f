#pragma once

#include "api/run_defaults.h"
#include "model/repair_run.h"

#include <vector>

namespace helenus::api {

/// The terminated runs that are too old, or beyond the newest of their unit. Pure.
std::vector<model::repair_run> choose_runs_to_purge(std::vector<model::repair_run> terminated,
                                                    const run_defaults& keep, model::wall_time now);

}  // namespace helenus::api
