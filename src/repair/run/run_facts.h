#pragma once

#include "model/repair_run.h"
#include "model/repair_unit.h"

#include <string>
#include <vector>

namespace helenus::repair {

/// What does not change about a run while it runs; shared by its segments.
struct run_facts {
  model::run_id id;
  std::string cluster_name;
  model::repair_unit unit;
  std::vector<std::string> tables;
  model::repair_parallelism parallelism = model::repair_parallelism::datacenter_aware;
};

}  // namespace helenus::repair
