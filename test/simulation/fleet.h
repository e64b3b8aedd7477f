#pragma once

#include "cluster/cluster_service.h"
#include "counted_storage.h"
#include "deployment/mode.h"
#include "own_clock.h"
#include "process.h"
#include "repair/repair_service.h"
#include "storage/memory/backend.h"
#include "storage_link.h"
#include "support/fake_cluster.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace helenus::test {

using namespace std::chrono_literals;

enum class fleet_kind {
  sidecars,  ///< one instance beside each node, which calls no other
  equals,    ///< instances that may call every node
  regional,  ///< one instance for each datacenter, which calls its nodes
};

/// Several instances of Helenus on one fake cluster and one storage, in virtual time. Each can be
/// killed, stopped and started again on its own.
class fleet {
 public:
  /// `size`: of equals; sidecars are as many as nodes.
  explicit fleet(fleet_kind kind, fake_cluster_options options = {}, std::size_t size = 2,
                 repair::repair_options engine_options = {});
  ~fleet();

  fake_cluster& cassandra() { return *cassandra_; }
  storage::memory::backend& storage() { return storage_; }
  /// What all instances ask of storage.
  const counted_storage& traffic() const { return counted_; }
  base::virtual_clock& clock() { return clock_; }
  boost::asio::io_context& context() { return context_; }
  std::size_t size() const { return instances_.size(); }
  repair::repair_service& engine(std::size_t index) { return *instances_.at(index)->engine; }
  /// Which one is known by this id.
  std::size_t instance_with(const base::uuid& id) const;
  bool is_alive(std::size_t index) const { return instances_.at(index)->alive > 0; }

  void boot(std::size_t index);
  void boot_all();
  /// As kill -9: its leases and its sign of life stay, commands on nodes go on.
  void crash(std::size_t index);
  /// As SIGTERM.
  void stop(std::size_t index, base::clock::duration grace);
  /// As SIGSTOP and SIGCONT.
  void stand_still(std::size_t index) { instances_.at(index)->runs_on.stand_still(); }
  void go_on(std::size_t index) { instances_.at(index)->runs_on.go_on(); }
  storage_link& link(std::size_t index) { return instances_.at(index)->link; }
  own_clock& clock_of(std::size_t index) { return instances_.at(index)->time; }
  metrics::registry& metrics() { return metrics_; }

  template <class Value>
  result<Value> run(task<Value> work) {
    return test::run(context_, clock_, std::move(work));
  }
  void pass(base::clock::duration length);
  /// Each call of storage takes so long.
  void storage_takes(base::clock::duration time) {
    for (auto& each : instances_) each->link.take(time);
  }
  /// A run of the keyspace, made and started by the first instance.
  model::run_id start(int segments_per_node = 6);
  model::repair_run stored(model::run_id id);
  std::vector<model::repair_segment> segments(model::run_id id);
  /// Until the run is terminated or `limit` passed; the state then.
  model::run_state run_to_end(model::run_id id, base::clock::duration limit);
  /// Text of violations and of ranges not repaired (exactly once); empty when all is well.
  std::string wrong(bool exactly_once = true);

 private:
  struct instance {
    explicit instance(fleet& all)
        : runs_on(all.context_), time(all.clock_), link(time, all.counted_) {}
    process runs_on;
    own_clock time;
    storage_link link;
    base::uuid id;  ///< of this life
    deployment::mode mode;
    std::unique_ptr<cluster::cluster_service> clusters;
    std::unique_ptr<repair::repair_service> engine;
    boost::asio::cancellation_signal kill_engine;
    boost::asio::cancellation_signal kill_peers;
    int alive = 0;  ///< coroutines that have not ended
  };
  void end(instance& which);
  void register_cluster(instance& which);

  fleet_kind kind_;
  repair::repair_options engine_options_;
  boost::asio::io_context context_;
  base::virtual_clock clock_;
  base::uuid_source ids_{17};
  std::unique_ptr<fake_cluster> cassandra_;
  storage::memory::backend storage_{clock_};
  counted_storage counted_{storage_};
  metrics::registry metrics_;
  std::vector<std::unique_ptr<instance>> instances_;
};

}  // namespace helenus::test
