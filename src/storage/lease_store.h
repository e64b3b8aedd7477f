#pragma once

#include "base/task.h"
#include "model/ids.h"
#include "storage/instance_store.h"

#include <chrono>
#include <optional>
#include <vector>

namespace helenus::storage {

/// Stands alone in the place of nodes: no other segment of the run, wherever it is. Whole nodes are
/// repaired under it (Reaper's table leader).
inline constexpr const char* whole_run = "*";

/// The right to let nodes take part in one segment of a run.
struct node_lease {
  model::run_id run;
  model::segment_id segment;
  std::vector<model::node_address> nodes;  ///< at least one; none twice

  bool is_of_whole_run() const { return nodes.size() == 1 && nodes.front() == whole_run; }
};

/// A node that the holder of a lease takes over from a segment of its own, of the same run, or that
/// the segment needs no more.
struct handed_node {
  model::node_address node;
  model::segment_id from;
};

/// One node that is held.
struct held_node {
  model::node_address node;
  model::segment_id segment;  ///< nil: not told, or of the whole run
  model::uuid holder;
};

/// How an attempt to take a lease ended.
struct lease_answer {
  bool taken = false;
  /// Those of its nodes that somebody held when it was refused; may be empty, when they were freed
  /// in the same moment.
  std::vector<held_node> in_the_way;
};

/// Who lets which nodes take part in what. Leases are of a run: those of different runs do not
/// exclude each other, as Reaper's do not (table running_repairs). A lease that is not renewed ends
/// by itself after `lifetime`. Only backends with traits().shared have them.
class lease_store {
 public:
  static constexpr std::chrono::seconds lifetime{90};

  virtual ~lease_store() = default;
  /// Takes all nodes of the lease or none. A node that is in `handed` must be held by `who` for the
  /// segment that is named there; every other one must be free. When they are taken, those in
  /// `freed` are given back in the same step; `who` must hold them, too. An error: they may have
  /// been taken; release() them.
  virtual task<lease_answer> take(instance who, node_lease what, std::vector<handed_node> handed,
                                  std::vector<handed_node> freed) = 0;
  /// Prolongs it. False, and nothing is changed: `who` does not hold every node for this segment.
  virtual task<bool> renew(instance who, node_lease what) = 0;
  /// Frees those of the nodes that `who` holds for this segment; the others stay as they are.
  virtual task<void> release(instance who, node_lease what) = 0;
  /// The nodes of the run that are held, by anybody.
  virtual task<std::vector<held_node>> held(model::run_id run) = 0;
};

}  // namespace helenus::storage
