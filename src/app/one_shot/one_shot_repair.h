#pragma once

#include "app/one_shot/one_shot_options.h"
#include "app/one_shot/one_shot_report.h"
#include "app/one_shot/wait_news.h"
#include "base/clock.h"
#include "base/task.h"
#include "cluster/cluster_service.h"
#include "repair/repair_service.h"
#include "storage/backend.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace helenus::app {

/// One repair from the command line: plans what was asked, or takes up what a former process left
/// in the state file, and follows it to its end. The same engine as the daemon's, without a server.
class one_shot_repair {
 public:
  /// The references outlive it.
  one_shot_repair(base::clock& clock, storage::backend& storage, cluster::cluster_service& clusters,
                  repair::repair_service& repairs, one_shot_options options,
                  one_shot_report& report);

  /// Reaches the cluster and finds out what there is to do, without repairing anything. Must be
  /// called, and succeed, before the engine is started: the engine takes up whatever is stored, and
  /// a state file with another repair in it must not be touched.
  task<void> prepare();
  /// Plans what is missing and starts; follows until all is done, given up, or stop() was called.
  task<one_shot_outcome> run();
  void stop() { stopping_ = true; }
  /// When the engine has stopped after an interruption: what became of the segments that were
  /// running, which may have ended meanwhile.
  task<void> count_again(one_shot_outcome& outcome);

 private:
  struct followed {
    std::string keyspace;
    model::run_state state = model::run_state::not_started;
    storage::segment_counts counts;
    std::string last_event;
  };

  task<std::vector<model::repair_run>> unfinished_repair();
  task<void> check_same_request(const std::vector<model::repair_run>& stored);
  task<void> plan_missing();
  task<void> start_runs();
  task<void> follow();
  task<void> look_closer();
  void take(const repair::progress& event);
  void take_segment(const repair::progress& event, const std::string& keyspace);
  bool is_hopeless(const model::segment_id& segment) const;
  bool is_over() const;
  bool is_given_up() const;
  progress_view view() const;
  one_shot_outcome outcome() const;

  base::clock& clock_;
  storage::backend& storage_;
  cluster::cluster_service& clusters_;
  repair::repair_service& repairs_;
  one_shot_options options_;
  one_shot_report& report_;

  bool stopping_ = false;
  model::cluster cluster_;
  std::string cause_;                   ///< the same for all runs of one command
  std::vector<std::string> keyspaces_;  ///< to repair
  std::map<model::run_id, followed> runs_;
  std::map<model::segment_id, int> failures_;
  std::map<model::segment_id, std::string> failure_texts_;
  std::set<model::segment_id> retried_;  ///< hopeless ones that are being tried once more
  std::vector<run_wait> waits_;          ///< at the last look
  wait_news news_;
  base::clock::time_point begun_{};
  base::clock::time_point moved_{};
  progress_rate rate_;
};

}  // namespace helenus::app
