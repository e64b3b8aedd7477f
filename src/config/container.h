#pragma once

#include "config/load.h"
#include "config/process_environment.h"

namespace helenus::config {

/// Settings from the variables alone: `helenus serve` without a file. Problems name variables.
loaded from_environment(const process_environment& variables);

}  // namespace helenus::config
