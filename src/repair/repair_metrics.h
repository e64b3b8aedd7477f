#pragma once

#include "base/clock.h"
#include "metrics/registry.h"
#include "model/ids.h"
#include "model/repair_run.h"
#include "model/waiting_reason.h"
#include "repair/run/run_facts.h"
#include "storage/run_store.h"

#include <map>
#include <string>
#include <vector>

namespace helenus::repair {

/// A run that is worked on, when metrics are asked for.
struct run_standing {
  const run_facts* facts = nullptr;
  base::clock::duration stands_still{};  ///< for how long nothing has moved; zero: it moves
};

/// What the engine counts for Prometheus. Families that Reaper has keep its names, labels and
/// kinds, so that dashboards go on: gauges, and `repairid` is the unit's id. What only this engine
/// knows is named helenus_*.
class repair_metrics {
 public:
  /// `to` outlives it. The same registry may be used again after a restart of the engine.
  explicit repair_metrics(metrics::registry& to);

  void counted(const run_facts& run, const storage::segment_counts& counts);
  /// `worked`: from the call to the command's end.
  void segment_done(const run_facts& run, base::clock::duration worked);
  /// An attempt ended, done or failed. `repairing`: from the call to the command's end; `whole`:
  /// from the choice of a coordinator to what became of it.
  void segment_tried(const run_facts& run, const model::node_address& coordinator,
                     base::clock::duration repairing, base::clock::duration whole);
  /// An attempt failed; it will be tried again.
  void segment_failed(const run_facts& run, const model::node_address& coordinator);
  /// Given back without having failed: paused, aborted, nobody to ask.
  void segment_released(const run_facts& run);
  /// To state DONE, ERROR or ABORTED.
  void run_ended(model::run_state how);
  void run_done(const run_facts& run, base::clock::time_point now);
  /// A run of the unit was done then, perhaps in an earlier process. The newest counts.
  void was_done(const run_facts& run, base::clock::time_point when);
  void waited(const run_facts& run, model::waiting_for what, base::clock::duration length);

  /// Before values are read: those that change by themselves.
  void update(const std::vector<run_standing>& runs, base::clock::time_point now);

 private:
  metrics::labels of_run(const run_facts& run) const;
  metrics::labels of_unit(const run_facts& run) const;
  metrics::labels of_host(const run_facts& run, const model::node_address& host) const;

  metrics::registry& to_;
  std::map<metrics::labels, base::clock::time_point> last_done_;
  std::vector<metrics::labels> shown_;  ///< the runs that are worked on
};

}  // namespace helenus::repair
