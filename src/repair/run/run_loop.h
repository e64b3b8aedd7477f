#pragma once

#include "repair/dispatch/dispatch_loop.h"
#include "repair/run/active_run.h"

#include <memory>
#include <vector>

namespace helenus::repair {

/// Works on one run from RUNNING to its end: reads its unfinished segments, places them on the ring
/// as it is, takes up what an earlier process left behind, and stores DONE when storage says that
/// nothing is left.
class run_loop {
 public:
  run_loop(dispatch_loop& dispatch, std::shared_ptr<active_run> run);

  /// Ends when the run is done, failed for good, or dropped.
  task<void> run();
  /// Takes up only what is in flight, to stop it.
  task<void> settle();

 private:
  task<void> load();
  task<bool> place_all(model::repair_unit unit, bool only_orphans);
  task<void> place(const model::keyspace_ring& ring, model::repair_segment row);
  task<bool> watch();
  task<bool> try_to_finish();
  task<void> fail(std::string why);
  task<void> store_note();
  boost::asio::awaitable<void> pause_after(const error& failure, unsigned attempt);
  void in_trouble(const error& failure, base::clock::duration wait);

  dispatch_loop& dispatch_;
  engine_context& context_;
  std::shared_ptr<active_run> run_;
  base::clock::time_point note_stored_{};
};

}  // namespace helenus::repair
