#pragma once

#include "base/event.h"
#include "base/task_group.h"
#include "cluster/cluster_service.h"
#include "deployment/mode.h"
#include "repair/dispatch/dispatcher.h"
#include "repair/dispatch/foreign_repairs.h"
#include "repair/progress_hub.h"
#include "repair/repair_metrics.h"
#include "repair/repair_options.h"
#include "repair/run/active_run.h"
#include "repair/run/run_lock.h"
#include "repair/segment/segment_runner.h"
#include "repair/storage_gate.h"
#include "storage/backend.h"

#include <boost/asio/any_io_executor.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace helenus::repair {

/// A segment that others work on is looked at again after this time.
inline constexpr std::chrono::seconds others_interval{30};

/// What all loops of the engine share. The engine owns it.
struct engine_context {
  boost::asio::any_io_executor executor;
  base::clock& clock;
  storage::backend& storage;
  cluster::cluster_service& clusters;
  const deployment::mode& mode;
  const repair_options& options;
  storage_gate& gate;
  progress_hub& hub;
  repair_metrics& metrics;
  base::uuid_source& ids;
};

/// Repairs the runs of one cluster: the moment a node becomes free, the best next segments start.
/// Woken by events and by the times that the dispatcher names.
class dispatch_loop final : public segment_host {
 public:
  dispatch_loop(engine_context& context, std::string cluster_name);
  ~dispatch_loop() override;

  /// Works until cancelled.
  task<void> run();

  /// Works on a run that storage says is RUNNING, until it is dropped or done. No effect when it
  /// does already.
  void take_up(model::run_id run);
  /// Takes up only what an earlier process left running of a run that is not RUNNING, and stops it
  /// if there is a cause.
  void settle(model::run_id run, std::optional<stop_cause> cause);
  /// Starts nothing more of the run; with `stop`, stops its segments.
  void drop(model::run_id run, std::optional<stop_cause> stop);
  void set_intensity(model::run_id run, double intensity);
  /// What storage says of a run that is worked on.
  void saw(const model::repair_run& run);
  /// False when the segment is not being repaired here.
  bool stop_segment(model::segment_id segment, stop_cause cause);
  /// Its lease is another instance's: its command is stopped, unless that one follows it.
  void lose_lease(model::segment_id segment, deployment::lease_loss how);
  /// Empty while somebody else holds it; see run_lock.h.
  std::optional<run_lock> try_lock(model::run_id run) {
    return run_lock::try_take(locked_runs_, run);
  }
  /// A segment of the run that was done is in line again: it is read and placed, if the run is
  /// worked on.
  void read_again(model::run_id run);
  /// Runs that are worked on.
  std::vector<model::run_id> runs() const;
  /// Differs after each take_up() of the run; 0: it is not worked on.
  std::uint64_t taken_up(model::run_id run) const;

  // Shutting down.
  void start_nothing_more();
  void stop_all(stop_cause cause);
  /// Counts what is in flight no more: the next start takes it up.
  void forsake() { forsaken_ = true; }
  /// Ends waits for storage: rows stay behind.
  void abandon_rows();
  std::size_t in_flight() const { return forsaken_ ? 0 : flights_.size(); }
  std::size_t in_flight(model::run_id run) const;
  /// Whether what an earlier process left of it is being looked for; see settle().
  bool settles(model::run_id run) const { return settling_.contains(run); }

  // Answers for people.
  bool works_on(model::run_id run) const { return runs_.contains(run); }
  std::optional<model::waiting_reason> reason(model::run_id run) const;
  /// Of a segment in flight of the run, when there is one whose end is not known to come.
  std::optional<model::waiting_reason> doubt(model::run_id run) const;
  std::unordered_map<model::segment_id, model::waiting_reason> reasons(model::run_id run) const;
  /// All runs that are worked on. Valid until one of them is dropped.
  std::vector<run_standing> standing() const;

  // For run_loop.
  void place(const active_run& run, const model::replica_set& replicas,
             std::vector<model::segment_id> segments);
  /// One that may have to wait for its next attempt.
  void place(const active_run& run, const model::repair_segment& row,
             const model::replica_set& replicas);
  void park(const active_run& run, model::segment_id segment, model::waiting_reason why) {
    dispatcher_.park(run.id, segment, std::move(why));
  }
  void adopt(const std::shared_ptr<active_run>& run, model::repair_segment row,
             orphan_choice choice);
  bool repairs(model::segment_id segment) const { return flights_.contains(segment); }
  /// A segment that another instance has repaired.
  void landed_elsewhere(model::segment_id segment, active_run& run);
  /// Whether one of the replicas may be called from here, and so coordinate.
  bool may_claim(const std::vector<model::replica>& replicas, const model::repair_unit& unit);
  /// What becomes of a segment in flight that is not repaired here. `leased`: another instance has
  /// its lease.
  orphan_choice judge(active_run& run, const model::repair_segment& row, bool leased);
  /// One that others work on, or are to take up: looked at again later. Nothing else of the run
  /// starts on its nodes until then, or while it is `leased`.
  void place_later(active_run& run, const model::repair_segment& row, bool leased);
  /// Nothing more starts on replicas that are former ones, until the run is placed again.
  void withdraw(const active_run& run) { dispatcher_.remove_run(run.id); }
  /// Forgets what was placed for the run and expects it again.
  void expect(const active_run& run);
  run_activity activity(model::run_id run) const;
  engine_context& context() { return context_; }
  task<std::shared_ptr<cluster::ring_view>> view();
  void wake() { wake_.set(); }

  // segment_host
  std::shared_ptr<management::node_client> client(const model::node_address& address) override;
  model::node_address address_of(const model::host_id& id) override;
  bool is_down(const model::node_address& address) override;
  std::vector<model::command_reference> commands_on(const model::node_address& node) override;
  void command_ended(model::segment_id segment, base::clock::duration worked) override;
  void coordinator_failed(const model::node_address& address, const error& why) override;
  void row_stored(const model::repair_segment& row) override;

 private:
  struct flight {
    std::shared_ptr<active_run> run;
    std::shared_ptr<const run_facts> facts;
    std::vector<model::node_address> nodes;
    std::unique_ptr<segment_runner> runner;  ///< null while the row is being read
    std::optional<stop_cause> stop;
    std::uint64_t placed_on = 0;  ///< generation of the ring that `nodes` are from
    std::optional<base::clock::time_point> launched;  ///< empty: an earlier process started it
    base::clock::duration worked{};                   ///< set when the command has ended
    bool command_ended = false;
    bool told = false;  ///< that it has started
  };

  /// What happened when a node was asked to coordinate.
  struct coordinator_record {
    std::uint64_t last_asked = 0;  ///< by questions_
    base::clock::time_point avoid_until{};
  };

  task<void> decide_for_ever();
  task<void> watch_ring();
  task<void> read_keyspaces();
  bool nodes_move() const;
  task<void> prepare();
  void decide();
  void review_admission();
  void review_gates();
  void review_gate(const model::node_address& node);
  void review_repairs(const model::node_address& node);
  void watch_nodes();
  /// A node is its host id: what it does goes on when its address changes. Versions are looked at,
  /// too.
  void follow_ring();
  void check_books();
  std::optional<base::clock::time_point> next_wake() const;

  void launch(const segment_start& start);
  task<void> fly(model::segment_id segment, std::optional<orphan_choice> orphan,
                 std::optional<model::repair_segment> row);
  /// One attempt, with the lease. Always a value.
  task<segment_result> attempt(model::segment_id segment, flight& what,
                               std::optional<orphan_choice> orphan,
                               std::optional<model::repair_segment> row);
  /// The row as it is stored, if it is to be repaired; nothing: `result` says why not.
  task<std::optional<model::repair_segment>> row_to_repair(model::segment_id segment, flight& what,
                                                           std::optional<orphan_choice>& orphan,
                                                           segment_result& result);
  void was_not_read(const error& why, segment_result& result);
  task<segment_result> repair_row(flight& what, std::optional<orphan_choice> orphan,
                                  model::repair_segment row);
  /// Empty: the segment's nodes are ours. Else how the attempt ends.
  task<std::optional<segment_result>> lease(model::segment_id segment, flight& what,
                                            std::optional<orphan_choice> orphan);
  task<void> hold_refused(flight& what, storage::lease_answer answer, bool is_orphan);
  /// Who let which nodes take part in what.
  static void note_others(active_run& run, const std::vector<storage::held_node>& held);
  /// Nothing else of the run starts on them for a while.
  void hold_all(const active_run& run, const std::vector<model::node_address>& nodes,
                base::clock::time_point until);
  /// Segments of others that had a node of this one, as far as is known.
  static std::vector<model::segment_id> met_by(model::segment_id segment, const flight& what);
  /// Whether a node may still take part in a command of one of them, which nobody works on any
  /// more.
  task<bool> is_any_deserted(std::shared_ptr<active_run> run, std::vector<model::segment_id> met);
  task<std::vector<model::repair_segment>> others_in_flight(model::run_id run,
                                                            model::segment_id segment);
  /// False, of a whole node: another one is under way, and `result` says what becomes of this one.
  task<bool> is_next_node(model::segment_id segment, flight& what, segment_result& result);
  task<void> stop_unless_followed(std::shared_ptr<active_run> run, model::segment_id segment);
  /// Those who share a group of replicas each begin with another part of its segments.
  void begin_elsewhere_than_others(const std::vector<model::replica>& replicas,
                                   std::vector<model::segment_id>& segments) const;
  /// What others have done of the next segments is asked for at once, and taken out of line.
  task<std::optional<model::repair_segment>> read_unless_done(std::shared_ptr<active_run> run,
                                                              model::segment_id segment,
                                                              std::vector<model::segment_id> met);
  task<void> look_ahead(std::shared_ptr<active_run> run);
  bool leave_out(active_run& run, std::uint64_t placings,
                 const std::vector<model::segment_id>& done);
  /// What becomes of a segment that was open and is not, as it is read; nothing: `result` says.
  std::optional<orphan_choice> judge_found(flight& what, const model::repair_segment& row,
                                           segment_result& result);
  static std::string others_sentence(const model::repair_segment& row);
  void landed(model::segment_id segment, flight& what, const segment_result& result);
  void count_done(const active_run& run, const model::repair_segment& row);
  void put_back(const flight& what, const segment_result& result);
  /// A whole node that the ring does not know, while another one has the lease of the run.
  void wait_for_run(active_run& run, model::segment_id segment);
  void publish(progress::kind what, const active_run& run, std::optional<model::segment_id> segment,
               std::string text);
  void tell_started(flight& what, model::segment_id segment,
                    const std::optional<model::node_address>& coordinator);
  std::vector<model::node_address> coordinators(const flight& what,
                                                const model::repair_segment& row,
                                                std::optional<model::waiting_reason>& waits);
  /// What a whole node is to repair; an error when others take part than those that are free.
  task<std::vector<model::token_range>> ranges_of_node(const flight& what,
                                                       model::repair_segment row);
  static std::vector<model::node_address> addresses_of(const model::replica_set& replicas);
  static storage::node_lease lease_of(model::segment_id segment, const flight& what);
  /// Follows the last known ring.
  void index_nodes();
  model::waiting_reason reason_now(model::waiting_for what, std::string detail) const;
  model::waiting_reason why_elsewhere(const active_run& run) const;
  base::clock::duration until_retry(const model::repair_segment& row) const;
  /// Why a segment in flight may not move; nothing when it does.
  std::optional<model::waiting_reason> doubt_of(const flight& what) const;

  engine_context& context_;
  std::string cluster_name_;
  dispatcher dispatcher_;
  base::task_group group_;
  base::event wake_;
  base::event ring_wanted_;
  std::shared_ptr<cluster::ring_view> view_;
  std::shared_ptr<cluster::node_health> health_;
  std::shared_ptr<const model::ring> indexed_;
  std::shared_ptr<const model::ring> followed_;
  std::map<model::host_id, model::node_address> addresses_;
  std::optional<std::string> mixed_versions_;  ///< why nothing may start while it is so
  std::unordered_map<model::node_address, const model::node*> nodes_;
  std::map<model::node_address, coordinator_record> asked_;
  std::uint64_t questions_ = 0;
  foreign_repairs foreign_;
  std::map<model::run_id, std::shared_ptr<active_run>> runs_;
  std::unordered_map<model::segment_id, std::unique_ptr<flight>> flights_;
  std::set<model::run_id> locked_runs_;
  std::set<model::run_id> settling_;
  std::uint64_t takings_ = 0;
  base::clock::time_point next_review_{};
  bool stopped_ = false;
  bool forsaken_ = false;
};

}  // namespace helenus::repair
