#pragma once

#include "base/task.h"
#include "storage/lease_store.h"

#include <functional>
#include <set>
#include <vector>

namespace helenus::deployment {

/// What becomes of the nodes that earlier segments of a run have handed over and the next one does
/// not need.
enum class rest_of_nodes {
  kept,   ///< other segments may take them over
  freed,  ///< given back together with the taking, at no further cost
};

/// What whoever took over the nodes of a lost lease does with them.
enum class lease_loss {
  other_work,  ///< another segment, or it is not known
  same_work,   ///< it has taken up this segment, or, of a whole run, may have
};

/// Who else works on the same state, and what of it is ours. io thread only.
class coordination {
 public:
  virtual ~coordination() = default;

  /// True when nobody else can work on the state: then every acquire() succeeds at once, nothing is
  /// stored, and what others might have changed need not be looked for.
  virtual bool is_alone() const = 0;

  /// The nodes for a segment, all or none. They are kept until released, by renewing them. Not
  /// taken: another instance has one of them, or an earlier segment of ours that still needs it.
  virtual task<storage::lease_answer> acquire(storage::node_lease what, rest_of_nodes rest) = 0;
  /// For a segment that a former process in our place started: its lease, which is nobody's any
  /// more, is taken as soon as it ends. Until then it is not lost.
  virtual void inherit(storage::node_lease what) = 0;
  /// The segment needs its nodes no more: another one of the same run may take them over without
  /// asking for them anew. They stay ours until release(). Whether there is such a lease.
  virtual bool hand_over(model::segment_id segment) = 0;
  /// Gives back what was acquired for the segment and not taken over since. Bounded in time; what
  /// can not be given back ends by itself.
  virtual task<void> release(model::segment_id segment) = 0;
  /// Called when a segment's lease was lost to somebody else, who may let its nodes take part in
  /// something else by now.
  virtual void on_lost(std::function<void(model::segment_id, lease_loss)> listener) = 0;
  /// Segments of the run that other instances work on, or did until a moment ago.
  virtual task<std::set<model::segment_id>> worked_on_elsewhere(model::run_id run) = 0;
  /// Nodes of the run that other instances have now.
  virtual task<std::vector<storage::held_node>> held_elsewhere(model::run_id run) = 0;

  /// Whether another instance works on the same state, as far as this one knows.
  virtual bool sees_others() const = 0;
  /// Whether what is to happen once for all instances is for this one to do.
  virtual bool leads() const = 0;
  /// The first sign of life. Others see this instance from then on.
  virtual task<void> join() = 0;
  /// Heartbeats and renewals, until cancelled.
  virtual task<void> run() = 0;
  /// Takes the sign of life back, and frees all but the nodes of segments that were not released:
  /// their commands may go on, and whoever comes in our place follows them. Bounded in time.
  virtual task<void> leave() = 0;
};

}  // namespace helenus::deployment
