#pragma once

#include "base/clock.h"
#include "storage/lease_store.h"

#include <map>
#include <optional>
#include <vector>

namespace helenus::deployment {

/// Which leases this instance has, as far as it knows. Pure.
///
/// A node of a run has one holder. When its segment is over, the next segment of the run takes the
/// node over: freeing it first would cost another write, and another instance could come between.
class lease_book {
 public:
  using time_point = base::clock::time_point;

  /// What a lease that is about to be taken changes of former ones of its run.
  struct handover {
    std::vector<storage::handed_node> moved;  ///< nodes that it takes over
    std::vector<storage::handed_node> freed;  ///< nodes that nobody needs any more
  };
  /// Enters a lease that is about to be taken, and moves to it those of its nodes that a segment of
  /// ours has handed over; with `frees_rest`, the other nodes of such segments are given back.
  /// Nothing, and no change: a segment of ours still needs a node.
  std::optional<handover> begin(const storage::node_lease& what, bool frees_rest = false);
  /// It was taken, asked for at `when`.
  void taken(model::segment_id segment, time_point when);
  /// It was refused: what was moved or freed goes back. The answer is what nobody needs any more,
  /// since the segment that had it was removed meanwhile.
  std::vector<storage::node_lease> refused(model::segment_id segment);
  /// Whether there was anything to hand over.
  bool hand_over(model::segment_id segment);
  /// Forgets it. What is to be freed; nothing when there is nothing left of it.
  std::optional<storage::node_lease> remove(model::segment_id segment);
  /// Prolonged, asked for at `when`.
  void renewed(model::segment_id segment, time_point when);

  /// Those that were last prolonged before `when` and are still needed.
  std::vector<storage::node_lease> older_than(time_point when) const;
  /// Whether it is still exactly this.
  bool is_current(const storage::node_lease& what) const;
  /// What no segment needs: those that were handed over, and those that may have been taken.
  std::vector<storage::node_lease> unneeded() const;

 private:
  struct entry {
    storage::node_lease what;
    std::vector<storage::handed_node> undo;  ///< what goes back unless it is taken
    time_point renewed{};
    bool is_taken = false;
    bool handed_over = false;
  };
  std::vector<storage::handed_node> take_rest(model::run_id run);
  const entry* holder(model::run_id run, const model::node_address& node) const;

  std::map<model::segment_id, entry> entries_;
};

}  // namespace helenus::deployment
