#pragma once

#include "base/task.h"
#include "model/repair_schedule.h"
#include "model/repair_unit.h"

#include <optional>
#include <string>
#include <vector>

namespace helenus::storage {

/// Which schedules to list. Every set field narrows.
struct schedule_filter {
  std::optional<std::string> cluster_name{};
  std::optional<std::string> keyspace{};
};

/// A schedule and what it repairs.
struct schedule_summary {
  model::repair_schedule schedule;
  model::repair_unit unit;
};

/// Repair schedules. Who makes their runs, and when, is not the storage's business.
class schedule_store {
 public:
  virtual ~schedule_store() = default;
  /// Writes unit (unless it is stored already) and schedule. The stored version becomes 1, whatever
  /// the argument says. not_found when the cluster is not registered; conflict when the schedule
  /// exists, or the unit with other content; invalid_row when the two do not belong together.
  virtual task<void> create(model::repair_unit unit, model::repair_schedule schedule) = 0;
  /// not_found when there is none.
  virtual task<model::repair_schedule> find(model::schedule_id id) = 0;
  /// Of registered clusters. Oldest first: by the time in the id, then by the id.
  virtual task<std::vector<schedule_summary>> list(schedule_filter filter) = 0;
  /// Writes `next` only if the stored row still has version `next.stored`; superseded otherwise,
  /// not_found when there is no such row. Returns the new version. Unit and creation time can not
  /// change (invalid_row).
  virtual task<model::version> replace(model::repair_schedule next) = 0;
  /// Removes the schedule; its unit and its runs stay. superseded and not_found as in replace().
  virtual task<void> remove(model::schedule_id id, model::version seen) = 0;
};

}  // namespace helenus::storage
