#pragma once

#include "base/clock.h"
#include "model/node.h"
#include "support/fake_command.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace helenus::test {

class fake_cluster;

/// One node of a fake cluster, and what a test can do to it. Effects are immediate and wake whoever
/// waits for the node.
class fake_node {
 public:
  fake_node(fake_cluster& world, model::host_id id) : world_(world), id_(id) {}

  const model::host_id& id() const { return id_; }
  /// As the ring shows it.
  const model::node& shown() const;
  const model::node_address& address() const { return shown().address; }

  // What happens to the process.
  void kill();
  void start();
  /// kill() and start(): its commands are gone, numbers begin at 1.
  void restart();
  /// As SIGSTOP: neither answers nor makes progress; the others call it dead after a while.
  void pause();
  void resume();

  // What happens to our connection. Events said meanwhile are lost, announced.
  void cut_connection();
  void mend_connection();

  /// The next start_repair on this node, or the one after those injected before, suffers.
  void inject(fault what, loss how = loss::announced);
  /// Every call takes this long in addition. More than the call timeout: every call times out.
  void slow_calls(duration additional) { additional_ = additional; }
  void set_pending_compactions(int count) { pending_compactions_ = count; }
  void set_operation_mode(std::string mode) { operation_mode_ = std::move(mode); }
  /// A repair that somebody else started here. Returns its number.
  std::int32_t start_foreign_repair(duration length);

  // What can be seen.
  bool running() const { return running_; }
  bool paused() const { return paused_since_.has_value(); }
  /// We can talk to it.
  bool reachable() const { return running_ && !paused() && connected_; }
  model::wall_time jvm_start() const { return jvm_start_; }
  int pending_compactions() const { return pending_compactions_; }
  const std::string& operation_mode() const { return operation_mode_; }
  duration additional_call_time() const { return additional_; }
  /// Commands that it coordinates or coordinated since it started; by number - 1.
  const std::vector<std::shared_ptr<fake_command>>& commands() const { return commands_; }
  std::shared_ptr<fake_command> find_command(std::int32_t number) const;
  /// True when our connection was cut at that time.
  bool was_cut(time_point when) const;
  /// By the failure detectors of the others.
  bool seen_alive(time_point now, duration detection) const;

 private:
  friend class fake_cluster;
  std::shared_ptr<fake_command> add_command();
  std::optional<std::pair<fault, loss>> take_fault();
  void lose_commands();

  fake_cluster& world_;
  model::host_id id_;
  bool running_ = true;
  bool connected_ = true;
  std::optional<time_point> paused_since_;
  std::optional<time_point> dead_since_;
  std::vector<std::pair<time_point, time_point>> cuts_;
  model::wall_time jvm_start_{};
  std::int32_t next_number_ = 1;
  std::vector<std::shared_ptr<fake_command>> commands_;
  std::deque<std::pair<fault, loss>> faults_;
  duration additional_{0};
  int pending_compactions_ = 0;
  std::string operation_mode_ = "NORMAL";
};

}  // namespace helenus::test
