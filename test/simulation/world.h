#pragma once

#include "cluster/cluster_service.h"
#include "repair/repair_service.h"
#include "storage/memory/backend.h"
#include "support/fake_cluster.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace helenus::test {

using namespace std::chrono_literals;

/// A whole world in virtual time: a fake Cassandra cluster, memory storage, and Helenus, which can
/// be killed and started again.
class world {
 public:
  explicit world(fake_cluster_options options = {}, repair::repair_options engine_options = {});
  ~world();

  fake_cluster& cassandra() { return *cassandra_; }
  storage::memory::backend& storage() { return storage_; }
  base::virtual_clock& clock() { return clock_; }
  boost::asio::io_context& context() { return context_; }
  repair::repair_service& engine() { return *engine_; }
  metrics::registry& metrics() { return metrics_; }
  cluster::cluster_service& clusters() { return *clusters_; }

  /// Starts Helenus; the first time also registers the cluster.
  void boot();
  /// As kill -9: everything in memory is gone, commands on nodes go on.
  void crash();
  /// As SIGTERM.
  void stop(base::clock::duration grace);

  template <class Value>
  result<Value> run(task<Value> work) {
    return test::run(context_, clock_, std::move(work));
  }
  void pass(base::clock::duration length) { clock_.run(context_, length); }
  /// Until the run is terminated or `limit` passed; the state then.
  model::run_state run_to_end(model::run_id id, base::clock::duration limit);

  repair::run_request request() const;
  /// A stored and started run of the keyspace.
  model::run_id start(repair::run_request what);
  model::run_id start() { return start(request()); }
  repair::run_report report(model::run_id id);
  std::vector<repair::segment_report> segments(model::run_id id);
  /// Text of violations and of ranges not repaired exactly once; empty when all is well.
  std::string wrong(bool exactly_once = true);
  const std::vector<std::string>& tables() const { return tables_; }

 private:
  repair::repair_options engine_options_;
  boost::asio::io_context context_;
  base::virtual_clock clock_;
  std::unique_ptr<fake_cluster> cassandra_;
  storage::memory::backend storage_;
  metrics::registry metrics_;  ///< of all of Helenus's lives
  deployment::mode mode_;      ///< alone
  std::unique_ptr<cluster::cluster_service> clusters_;
  std::unique_ptr<repair::repair_service> engine_;
  boost::asio::cancellation_signal kill_;
  bool alive_ = false;
  std::vector<std::string> tables_{"customers", "orders", "visits"};
};

}  // namespace helenus::test
