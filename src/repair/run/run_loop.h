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
  /// Takes up only what is in flight, to stop it, unless the run is worked on by now. True: some is
  /// for others to take up.
  task<bool> settle();

 private:
  task<void> load();
  struct placement;
  task<bool> place_all(model::repair_unit unit, bool only_orphans);
  /// Which addresses of a segment's plan are not those of its replicas any more.
  void note_plan(const model::repair_segment& row, const std::vector<model::replica>& replicas_now);
  void locate(placement& read, const model::keyspace_ring& ring, const model::repair_unit& unit);
  task<void> place_nodes(placement& read, std::shared_ptr<const model::keyspace_ring> ring,
                         const model::repair_unit& unit, bool only_orphans);
  task<void> map_rows(placement& read, std::shared_ptr<const model::keyspace_ring> ring,
                      const model::repair_unit& unit);
  task<void> store_splits(placement& read);
  bool put(placement& read, const storage::segment_counts& counts, bool only_orphans);
  task<storage::segment_counts> read_rows(placement& read);
  std::vector<model::segment_id> leave_to_others(const placement& read,
                                                 std::vector<std::vector<model::segment_id>>& open,
                                                 std::vector<std::size_t>& delayed,
                                                 std::vector<std::size_t>& orphans);
  void note_where(const std::vector<model::replica>& replicas);
  task<void> note_repaired(placement& read, std::shared_ptr<const model::keyspace_ring> ring,
                           const model::repair_unit& unit);
  void take_up(placement& read, const std::vector<std::size_t>& orphans, bool only_orphans);
  void park(const std::vector<std::pair<model::segment_id, error>>& homeless);
  task<bool> watch();
  task<bool> try_to_finish();
  task<void> look_at_others();
  task<void> look_for_repeated();
  task<void> look_for_unfinished();
  task<void> check_witness(model::segment_id segment);
  task<void> fail(std::string why);
  task<void> store_note();
  base::clock::time_point next_note();
  void count_waiting();
  boost::asio::awaitable<void> pause_after(const error& failure, unsigned attempt);
  void in_trouble(const error& failure, base::clock::duration wait);

  dispatch_loop& dispatch_;
  engine_context& context_;
  std::shared_ptr<active_run> run_;
  std::optional<base::clock::time_point> paced_by_;  ///< run_->noted, for which next_note_ is
  base::clock::time_point next_note_{};
  std::optional<model::wall_time> homeless_since_;
  base::clock::time_point looked_{};  ///< whether it waits
  bool left_waiting_ = false;         ///< something is in flight that is for others to take up
  /// When it is asked whether others have ended the run, since nothing is left to do here.
  std::optional<base::clock::time_point> next_look_;
  /// When it is asked whether what was done here is to be done again.
  std::optional<base::clock::time_point> next_check_;
};

}  // namespace helenus::repair
