#pragma once

#include "metrics/registry.h"

#include <string>

namespace helenus::metrics {

/// Adds what Prometheus clients know as process metrics (memory, CPU, files, start time), read from
/// /proc at each exposition, and helenus_build_info.
void add_process_metrics(registry& to, const std::string& version);

}  // namespace helenus::metrics
