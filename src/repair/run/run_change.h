#pragma once

#include "base/task.h"
#include "model/repair_run.h"
#include "storage/run_store.h"

#include <functional>

namespace helenus::repair {

/// Reads a run, lets `change` make the next version of it and stores that, again and again while
/// somebody else was faster. Errors: errc::unknown_run, what `change` refuses, those of storage.
task<model::repair_run> change_run(
    storage::run_store& runs, model::run_id id,
    std::function<result<model::repair_run>(model::repair_run)> change);

}  // namespace helenus::repair
