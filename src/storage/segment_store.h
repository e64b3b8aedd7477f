#pragma once

#include "base/task.h"
#include "model/repair_segment.h"

#include <vector>

namespace helenus::storage {

/// The segments of runs.
class segment_store {
 public:
  virtual ~segment_store() = default;
  /// All segments of a run, in the order in which they were planned.
  virtual task<std::vector<model::repair_segment>> of_run(model::run_id run) = 0;
  /// Those that are not done.
  virtual task<std::vector<model::repair_segment>> unfinished(model::run_id run) = 0;
  virtual task<model::repair_segment> find(model::run_id run, model::segment_id id) = 0;
  /// Writes `next` only if the stored row still has version `next.stored`; superseded otherwise.
  /// Returns the new version. Acknowledged means durable.
  virtual task<model::version> replace(model::repair_segment next) = 0;
  /// Replaces one unfinished segment by others that cover the same ranges (after a topology
  /// change), in one atomic step, and updates the run's segment_count. superseded as in replace().
  virtual task<void> split(model::repair_segment old, std::vector<model::repair_segment> parts) = 0;
};

}  // namespace helenus::storage
