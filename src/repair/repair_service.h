#pragma once

#include "base/channel.h"
#include "base/clock.h"
#include "base/task.h"
#include "cluster/cluster_service.h"
#include "deployment/mode.h"
#include "metrics/registry.h"
#include "model/repair_run.h"
#include "model/repair_segment.h"
#include "model/repair_unit.h"
#include "model/waiting_reason.h"
#include "repair/repair_options.h"
#include "storage/backend.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace helenus::repair {

/// What a person or a schedule asks to be repaired.
struct run_request {
  std::string cluster_name;
  std::string keyspace;
  std::set<std::string> tables;  ///< empty: all; not together with excluded_tables
  std::set<std::string> excluded_tables;
  std::set<model::node_address> nodes;  ///< empty: all; not together with datacenters
  std::set<std::string> datacenters;    ///< empty: all
  std::string owner;
  std::string cause = "no cause specified";
  int segments_per_node = 0;  ///< 0: the default, 64
  model::repair_parallelism parallelism = model::repair_parallelism::datacenter_aware;
  double intensity = 0.9;  ///< (0, 1]
  bool incremental = false;
  bool subrange_incremental = false;
  int repair_thread_count = 1;       ///< 1..4
  std::chrono::minutes timeout{30};  ///< of a segment's first attempt
  bool exclude_time_window_tables = false;
  bool force = false;  ///< also beside a schedule of the same tables
};

/// A run as it is shown: what storage holds, and why it does not move when it does not.
struct run_report {
  model::repair_run run;
  model::repair_unit unit;
  storage::segment_counts counts;
  std::optional<model::waiting_reason> waiting;  ///< of a running or paused run that is not moving
};

/// A segment as it is shown.
struct segment_report {
  model::repair_segment segment;
  std::optional<model::waiting_reason> waiting;  ///< of one that is not started, or in doubt
};

/// Something that happened in a run, after it was stored.
struct progress {
  enum class kind {
    run_changed,      ///< state, intensity or last event
    segment_started,  ///< a coordinator accepted the command
    segment_done,
    segment_postponed,  ///< it failed or was given back; `text` says why
  };
  kind what = kind::run_changed;
  model::run_id run;
  model::run_state state = model::run_state::running;
  std::optional<model::segment_id> segment;
  storage::segment_counts counts;
  std::string text;  ///< a sentence for people
};

/// What one subscriber has not read yet. Full policy: the oldest is dropped and `missed` counts it.
class progress_stream {
 public:
  virtual ~progress_stream() = default;
  /// The next event; waits for it. errc::closed when the engine has stopped.
  virtual task<progress> next() = 0;
  virtual std::size_t missed() const = 0;
};

class engine;
enum class run_command;

/// Front door of the engine: every command that REST, a schedule or the command line may give.
///
/// io thread only. Commands are answered after what they changed is stored. A command whose caller
/// goes away is still carried out when it was stored, and not at all otherwise. What it counts is
/// in `metrics`, which outlives it.
class repair_service {
 public:
  repair_service(boost::asio::any_io_executor executor, base::clock& clock,
                 storage::backend& storage, cluster::cluster_service& clusters,
                 const deployment::mode& mode, repair_options options, metrics::registry& metrics,
                 std::uint64_t seed);
  ~repair_service();
  repair_service(const repair_service&) = delete;
  repair_service& operator=(const repair_service&) = delete;

  /// Works until cancelled or shut down: takes up what storage says is running (after a crash as
  /// after a restart), then repairs. Spawn it once, in the group that owns the service. Storage
  /// that fails is tried again for ever, visibly.
  task<void> run();
  /// Starts nothing new, lets running segments end for `grace`, then stops their commands where
  /// that harms nobody else and stores what is known; makes run() end. Runs stay RUNNING: the next
  /// start goes on with them.
  task<void> shutdown(base::clock::duration grace);

  /// Plans a run and stores it NOT_STARTED with all its segments. Errors: invalid_request,
  /// unknown_*, nothing_to_repair, unsupported, those of cluster and storage.
  task<run_report> create(run_request request);
  /// NOT_STARTED, PAUSED or ERROR -> RUNNING. illegal_transition; unit_busy when another run of the
  /// unit is RUNNING.
  task<run_report> start(model::run_id id);
  /// PAUSED -> RUNNING only.
  task<run_report> resume(model::run_id id);
  /// ERROR -> RUNNING only: unfinished segments are tried again.
  task<run_report> retry(model::run_id id);
  /// RUNNING -> PAUSED. Running commands are stopped where that harms nobody else.
  task<run_report> pause(model::run_id id);
  /// NOT_STARTED, RUNNING, PAUSED, DONE -> ABORTED, for good.
  task<run_report> abort(model::run_id id);
  /// Allowed while NOT_STARTED, RUNNING and PAUSED.
  task<run_report> set_intensity(model::run_id id, double intensity);
  /// Puts one segment back in line, whatever its state, and counts it as a failure: a command that
  /// repairs it is stopped, what was done is repaired again. The segment as it is then; one whose
  /// command could not be stopped within options.abort_patience is shown as it is and ends by
  /// itself. illegal_transition unless the run is RUNNING or PAUSED, and for what another instance
  /// works on. What nobody works on is put back although its command may still run.
  task<segment_report> abort_segment(model::run_id run, model::segment_id segment);
  /// Removes a run that is not RUNNING. `owner` must match (case-insensitive); still_running while
  /// somebody works on its segments. What nobody works on any more keeps no run.
  task<void> remove(model::run_id id, std::string owner);
  /// Removes ended runs as options.purge_after_days and runs_to_keep_per_unit say; how many.
  task<std::int64_t> purge();

  task<run_report> find(model::run_id id);
  /// Newest first.
  task<std::vector<run_report>> list(storage::run_filter filter);
  /// In the order in which they were planned.
  task<std::vector<segment_report>> segments(model::run_id id);

  /// Why nothing can be stored, as far as the engine's last write tells; empty: it could be.
  std::optional<model::waiting_reason> storage_trouble() const;

  /// Brings the metrics that change by themselves up to date; to be called before they are read.
  void update_metrics();

  /// Schedules, whoever made them. Nothing is started by them yet. Oldest first.
  task<std::vector<storage::schedule_summary>> schedules(storage::schedule_filter filter);
  /// Removes a schedule, whatever its state; its runs stay. Nothing is wrong with one that is gone;
  /// illegal_transition when it has changed since it was read.
  task<void> remove_schedule(model::repair_schedule schedule);

  /// Events of one run, or of all, from now on.
  std::unique_ptr<progress_stream> subscribe(std::optional<model::run_id> run);

 private:
  task<run_report> report(model::repair_run run);
  task<model::repair_run> change(model::run_id id, run_command command);
  task<run_report> begin(model::run_id id, run_command command);
  task<std::optional<model::run_id>> running_beside(model::repair_run run);
  task<model::repair_run> find_changeable(model::run_id id);
  task<bool> is_worked_on(model::run_id run, std::optional<model::segment_id> segment);
  task<model::repair_segment> find_segment(model::run_id run, model::segment_id segment);

  std::set<model::unit_id> starting_;  ///< of which a run is started now
  std::unique_ptr<engine> engine_;
};

}  // namespace helenus::repair
