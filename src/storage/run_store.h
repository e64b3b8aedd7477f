#pragma once

#include "base/task.h"
#include "model/repair_run.h"
#include "model/repair_segment.h"
#include "model/repair_unit.h"
#include "storage/segment_counts.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace helenus::storage {

/// Which runs to list. Every set field narrows.
struct run_filter {
  std::optional<std::string> cluster_name{};
  std::optional<std::string> keyspace{};
  std::optional<model::unit_id> unit{};
  std::vector<model::run_state> states{};  ///< empty: all
  std::size_t limit = 1000;                ///< newest first (by the time in the id)
};

/// What a list of runs shows of each.
struct run_summary {
  model::repair_run run;
  model::repair_unit unit;
  segment_counts segments;
};

/// Runs and their units.
class run_store {
 public:
  virtual ~run_store() = default;
  /// Writes unit (unless it is stored already), run and segments in one atomic step. The stored
  /// versions become 1, whatever the arguments say. not_found when the cluster is not registered;
  /// conflict when the run or a segment exists (in another run: where not traits().shared), or the
  /// unit with other content; invalid_row when the three do not belong together or
  /// run.segment_count is not the number of segments.
  virtual task<void> create(model::repair_unit unit, model::repair_run run,
                            std::vector<model::repair_segment> segments) = 0;
  /// not_found when there is none.
  virtual task<model::repair_run> find(model::run_id id) = 0;
  /// Newest first: by the time in the id, then by the id.
  virtual task<std::vector<model::repair_run>> list(run_filter filter) = 0;
  /// As list(), with unit and counts, read as one moment. Its cost does not grow with the number of
  /// segments.
  virtual task<std::vector<run_summary>> summaries(run_filter filter) = 0;
  /// Writes `next` only if the stored row still has version `next.stored`; superseded otherwise,
  /// not_found when there is no such row. Returns the new version. Unit, cluster and creation time
  /// can not change (invalid_row); segment_count is kept by the storage and not looked at.
  virtual task<model::version> replace(model::repair_run next) = 0;
  /// Removes the run and its segments; its unit stays. superseded and not_found as in replace().
  virtual task<void> remove(model::run_id id, model::version seen) = 0;

  /// not_found when there is none.
  virtual task<model::repair_unit> find_unit(model::unit_id id) = 0;
  /// The unit with the same content (everything but the id), if one is stored.
  virtual task<std::optional<model::repair_unit>> find_same_unit(model::repair_unit unit) = 0;
  /// not_found when there is no such run.
  virtual task<segment_counts> counts(model::run_id id) = 0;
};

}  // namespace helenus::storage
