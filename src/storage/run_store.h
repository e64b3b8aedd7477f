#pragma once

#include "base/task.h"
#include "model/repair_run.h"
#include "model/repair_segment.h"
#include "model/repair_unit.h"

#include <optional>
#include <string>
#include <vector>

namespace helenus::storage {

/// Which runs to list. Every set field narrows.
struct run_filter {
  std::optional<std::string> cluster_name;
  std::optional<std::string> keyspace;
  std::optional<model::unit_id> unit;
  std::vector<model::run_state> states;  ///< empty: all
  std::size_t limit = 1000;              ///< newest first (by the time in the id)
};

/// How far a run is, without reading its segments.
struct segment_counts {
  int total = 0;
  int done = 0;
  int running = 0;        ///< started and running
  int failed_before = 0;  ///< not done, and failed at least once
};

/// Runs and their units.
class run_store {
 public:
  virtual ~run_store() = default;
  /// Writes unit (unless a row with its id exists), run and segments in one atomic step. The stored
  /// versions become 1.
  virtual task<void> create(model::repair_unit unit, model::repair_run run,
                            std::vector<model::repair_segment> segments) = 0;
  virtual task<model::repair_run> find(model::run_id id) = 0;
  virtual task<std::vector<model::repair_run>> list(run_filter filter) = 0;
  /// Writes `next` only if the stored row still has version `next.stored`; superseded otherwise.
  /// Returns the new version.
  virtual task<model::version> replace(model::repair_run next) = 0;
  /// Removes the run and its segments; its unit stays. Only if the stored version is `seen`.
  virtual task<void> remove(model::run_id id, model::version seen) = 0;

  virtual task<model::repair_unit> find_unit(model::unit_id id) = 0;
  /// The unit with the same content, if one is stored.
  virtual task<std::optional<model::repair_unit>> find_same_unit(model::repair_unit unit) = 0;
  virtual task<segment_counts> counts(model::run_id id) = 0;
};

}  // namespace helenus::storage
