#pragma once

#include "base/task_group.h"
#include "storage/backend.h"
#include "support/fake_cluster.h"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>
#include <random>
#include <set>

namespace helenus::test {

/// Cassandra Reaper 4.2.3 as far as others with the same storage notice it: its signs of life, its
/// leases on the replicas that a segment was planned with, one segment of a run per tick, rows that
/// are written without a condition, and segments without a lease that are put back in line. Of runs
/// that are not of whole nodes. Not a translation of its program: written from what it does.
class java_reaper {
 public:
  struct surroundings {
    boost::asio::io_context& context;
    base::virtual_clock& clock;
    storage::backend& storage;
    fake_cluster& cassandra;
  };
  /// `beside`: it is a sidecar, and calls this node only.
  java_reaper(surroundings world, model::uuid id, std::optional<model::host_id> beside = {});
  ~java_reaper();

  void start();
  /// As kill -9: leases and sign of life stay, commands on nodes go on.
  void crash();
  /// As SIGTERM: the sign of life is taken back; leases stay, and what is in flight is forgotten.
  void stop();

  /// Segments that it has called DONE.
  int repaired() const { return repaired_; }

 private:
  task<void> live();
  task<void> beat();
  task<void> look_for_runs();
  task<void> resume_runs();
  task<void> work_on_runs();
  task<void> tick(model::run_id run);
  task<void> end(model::run_id run);
  task<void> repair(model::repair_segment row);
  /// Whether it succeeded, under a lease that was ours all the time.
  task<bool> follow(model::repair_segment row, model::node_address coordinator);
  task<void> put_back(model::run_id run, model::segment_id segment);
  /// Whatever stands there.
  template <class Change>
  task<void> write_over(model::run_id run, model::segment_id segment, Change change);
  bool may_repair(const model::repair_segment& row);
  std::vector<model::replica> replicas_now(const model::repair_segment& row);
  model::node_address own_node();
  model::node_address choose_coordinator(const model::repair_segment& row);
  storage::node_lease lease_of(const model::repair_segment& row) const;

  surroundings world_;
  storage::instance who_;
  std::optional<model::host_id> beside_;
  std::unique_ptr<base::task_group> group_;
  boost::asio::cancellation_signal kill_;
  std::set<model::run_id> runs_;
  std::minstd_rand random_;
  bool distributed_ = false;
  bool alive_ = false;
  int repaired_ = 0;
};

}  // namespace helenus::test
