#pragma once

#include "base/task.h"
#include "model/repair_segment.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace helenus::storage {

/// A segment, and what became of others.
struct segment_look {
  std::optional<model::repair_segment> row;  ///< as it is stored; none: it is DONE
  std::vector<model::segment_id> done;       ///< those that are DONE of all that were named
};

/// The segments of runs. Equal replica sets of one answer are one shared object.
class segment_store {
 public:
  /// Ids of one done_among().
  static constexpr std::size_t most_asked = 100;

  virtual ~segment_store() = default;
  /// All segments of a run, in the order in which they were planned, then the parts of split ones.
  /// not_found when there is no such run.
  virtual task<std::vector<model::repair_segment>> of_run(model::run_id run) = 0;
  /// Those that are not done, in the same order.
  virtual task<std::vector<model::repair_segment>> unfinished(model::run_id run) = 0;
  /// Those of the ids that are DONE, in no order; of ids that the run does not have, or of a run
  /// that does not exist, nothing is said. Much cheaper than reading the segments. invalid_row when
  /// more than `most_asked` are named.
  virtual task<std::vector<model::segment_id>> done_among(model::run_id run,
                                                          std::vector<model::segment_id> ids) = 0;
  /// not_found when the run does not exist or has no such segment.
  virtual task<model::repair_segment> find(model::run_id run, model::segment_id id) = 0;
  /// find() of a segment and done_among() of it and of others, at the cost of one of the two.
  virtual task<segment_look> look(model::run_id run, model::segment_id id,
                                  std::vector<model::segment_id> others) = 0;

  /// Writes `next` only if the stored row still has version `next.stored`; superseded otherwise,
  /// not_found when there is no such row. Returns the new version. What it repairs stays as it was
  /// planned: other ranges or another host id are refused with invalid_row, replicas are not looked
  /// at. A whole node's address is that of its coordinator from then on, if it has one.
  virtual task<model::version> replace(model::repair_segment next) = 0;

  /// Replaces one unfinished segment by others that cover exactly the same tokens (after a topology
  /// change), in one atomic step, and updates the run's segment_count. The parts get version 1 and
  /// must be not_started. A whole node can not be split. superseded and not_found as in replace();
  /// conflict when `old` is done or the id of a part exists; invalid_row when tokens would be lost
  /// or covered twice.
  virtual task<void> split(model::repair_segment old, std::vector<model::repair_segment> parts) = 0;
};

}  // namespace helenus::storage
