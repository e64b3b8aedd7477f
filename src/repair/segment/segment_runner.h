#pragma once

#include "base/event.h"
#include "base/task_group.h"
#include "management/node_client.h"
#include "repair/recovery/orphan_rule.h"
#include "repair/repair_options.h"
#include "repair/run/run_facts.h"
#include "repair/segment/segment_keeper.h"
#include "repair/segment/segment_machine.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace helenus::repair {

/// What a runner needs of its surroundings.
class segment_host {
 public:
  virtual ~segment_host() = default;
  virtual std::shared_ptr<management::node_client> client(const model::node_address& address) = 0;
  /// Where the node is now; empty when the ring does not know it.
  virtual model::node_address address_of(const model::host_id& id) = 0;
  /// By gossip.
  virtual bool is_down(const model::node_address& address) = 0;
  /// How many commands of ours the node coordinates that are known.
  virtual std::vector<model::command_reference> commands_on(const model::node_address& node) = 0;
  /// The replicas are free: nothing of this segment runs any more, whatever is still to be stored.
  virtual void command_ended(model::segment_id segment, base::clock::duration worked) = 0;
  virtual void coordinator_failed(const model::node_address& address, const error& why) = 0;
  /// The stored row changed to this.
  virtual void row_stored(const model::repair_segment& row) = 0;
};

struct segment_job {
  std::shared_ptr<const run_facts> run;
  model::repair_segment row;                      ///< as stored
  std::vector<model::node_address> coordinators;  ///< best first
  std::vector<model::token_range> node_ranges;    ///< what it repairs if it is a whole node
  std::optional<orphan_choice> orphan;            ///< set when taken up instead of started
};

/// Why a segment was given back.
enum class release_cause {
  none,
  coordinators_unreachable,
  storage,
  stopped,
  incurable,
  held_elsewhere,  ///< another instance lets a replica take part in something else
  done_elsewhere,  ///< another instance has repaired it
};

struct segment_result {
  segment_outcome outcome = segment_outcome::released;
  release_cause cause = release_cause::none;
  std::string why;
  model::repair_segment row;  ///< as stored now, as far as known
  /// Who was asked last; empty: nobody.
  model::node_address coordinator;
};

/// Carries out one attempt of one segment.
class segment_runner {
 public:
  segment_runner(boost::asio::any_io_executor executor, base::clock& clock,
                 storage::segment_store& store, storage_gate& gate, segment_host& host,
                 const repair_options& options, segment_job job);

  /// Ends when the attempt ended and that is stored. Always a value; cancellation unwinds after the
  /// session was closed, and leaves the command running.
  task<segment_result> run();
  /// Asks it to end early. What it means depends on how far it is; run() ends in bounded time.
  void stop(stop_cause cause);
  /// Stops waiting for storage: the stored row stays behind what is known.
  void abandon_row();

  const segment_job& job() const { return job_; }
  const model::repair_segment& row() const { return row_; }
  segment_machine::phase phase() const { return machine_.current(); }
  const std::string& doubt() const { return machine_.doubt(); }
  bool spares_others() const { return machine_.spares_others(); }
  base::clock::wall_time phase_since() const { return phase_since_; }
  bool waits_for_storage() const { return !keeper_.is_settled() && !gate_.open(); }

 private:
  task<void> drive();
  boost::asio::awaitable<void> tidy_up();
  boost::asio::awaitable<void> next_event();
  void feed(segment_event happened);
  boost::asio::awaitable<void> carry_out(segment_action action);
  task<void> start();
  task<void> try_coordinator(model::node_address address);
  task<void> store_claim(model::node_address address);
  void follow(std::unique_ptr<management::repair_session> session);
  task<void> listen();
  task<void> attach(model::command_reference command);
  task<void> ask();
  task<void> look();
  task<void> cancel(model::command_reference command);
  void keep(model::segment_state state);
  void finish(const end_segment& ended);
  management::repair_request request() const;
  model::node_address coordinator() const;
  void log_step(const segment_event& happened, segment_machine::phase before,
                std::size_t actions) const;

  base::clock& clock_;
  storage::segment_store& store_;
  storage_gate& gate_;
  segment_host& host_;
  const repair_options& options_;
  segment_job job_;
  segment_machine machine_;
  segment_keeper keeper_;
  base::task_group group_;
  base::event wake_;
  std::deque<segment_event> events_;
  std::unique_ptr<management::repair_session> session_;
  model::repair_segment row_;
  std::optional<time_point> worked_since_;
  base::clock::wall_time phase_since_{};
  segment_result result_;
  bool stop_wanted_ = false;
  bool claimed_ = false;  ///< the stored row says that we work on it
  bool finished_ = false;
  bool abandoned_ = false;
};

}  // namespace helenus::repair
