#pragma once

#include "base/clock.h"
#include "base/event.h"
#include "model/repair_segment.h"
#include "model/waiting_reason.h"
#include "repair/run/run_facts.h"
#include "storage/run_store.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace helenus::repair {

/// What the engine knows about a run that it works on. Shared by the run's loop, which reads and
/// stores, and the dispatch loop, which repairs.
struct active_run {
  active_run(boost::asio::any_io_executor executor, model::run_id run)
      : id(run), changed(std::move(executor)) {}

  model::run_id id;
  std::shared_ptr<const run_facts> facts;  ///< null until loaded
  double intensity = 1.0;
  storage::segment_counts counts;
  base::event changed;
  std::uint64_t taken_up = 0;   ///< differs after each command to work on it
  bool gone = false;            ///< paused, aborted, removed: its loop ends
  bool reload = false;          ///< its unfinished segments are to be read and placed again
  std::uint64_t placed_on = 0;  ///< generation of the ring on which its segments were placed
  /// While its segments are being read: those that landed since, as they are now; without a value
  /// those that are done. Unset otherwise.
  std::optional<std::unordered_map<model::segment_id, std::optional<model::repair_segment>>> landed;
  /// How often its segments were placed.
  std::uint64_t placings = 0;
  /// Segments none of whose replicas this instance may call, in an order of chance. Others repair
  /// them. Those that are known to be done are not among them.
  std::vector<model::segment_id> elsewhere;
  /// Where their replicas are; where they are whole nodes, the addresses of those.
  std::set<std::string> elsewhere_in;
  std::map<model::segment_id, model::node_address> elsewhere_on;
  /// Segments that are done and would be for this instance to repair if they were not; only where
  /// it may not call every node.
  std::vector<model::segment_id> repaired;
  /// How often in a row another instance had the node when it was wanted.
  std::map<model::node_address, unsigned> refusals;
  /// Segments that others let nodes take part in, and these nodes: before anything else starts
  /// there, it is looked whether such a segment is deserted, since its command may still run.
  std::map<model::segment_id, std::set<model::node_address>> others;
  /// Of segments whose replicas have other addresses now: those that they were planned with.
  std::map<model::segment_id, std::vector<model::node_address>> planned_on;
  /// Others were at work on it since it was last asked what they have done.
  bool others_worked = false;
  /// Segments in flight that nobody seems to work on: since when they are seen so.
  std::map<model::segment_id, base::clock::time_point> unclaimed_since;
  /// While its segments are being read: those that were only looked at since, and are as they were.
  std::set<model::segment_id> untried;
  std::optional<std::string> incurable;                 ///< why it can not go on
  std::optional<model::waiting_reason> trouble;         ///< why it could not be loaded or finished
  std::optional<base::clock::time_point> stands_since;  ///< nothing moves
  /// When segments that have no place on the ring are looked at again.
  std::optional<base::clock::time_point> place_again;
  std::string note;                              ///< a last event that is not stored yet
  std::string last_event;                        ///< the stored one, as it was seen or written last
  std::optional<base::clock::time_point> noted;  ///< when it was
};

}  // namespace helenus::repair
