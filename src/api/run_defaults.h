#pragma once

#include "model/repair_run.h"

#include <chrono>

namespace helenus::api {

/// What a repair run is made of when its request does not say.
struct run_defaults {
  int segments_per_node = 64;
  model::repair_parallelism parallelism = model::repair_parallelism::datacenter_aware;
  double intensity = 0.9;
  bool incremental = false;
  bool subrange_incremental = false;
  int repair_thread_count = 1;
  std::chrono::minutes segment_timeout{30};
  bool exclude_time_window_tables = false;
};

}  // namespace helenus::api
