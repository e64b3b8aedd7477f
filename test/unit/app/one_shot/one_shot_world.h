#pragma once

#include "app/one_shot/one_shot_host.h"
#include "base/log.h"
#include "storage/memory/backend.h"
#include "support/fake_cluster.h"
#include "support/run.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace helenus::app {

/// What a repair told, in short, and how it ended.
class told_report final : public one_shot_report {
 public:
  void planned(const model::cluster&, const std::vector<repair::run_report>& runs,
               bool again) override {
    resumed = again;
    done_before = 0;
    for (const auto& run : runs) {
      keyspaces.push_back(run.unit.keyspace);
      done_before += run.counts.done;
    }
  }
  /// Hours of virtual time are to cost little.
  std::chrono::milliseconds pace() const override { return std::chrono::seconds(10); }
  void advanced(const progress_view& view) override { last = view; }
  void happened(const repair::progress& event, std::string_view) override {
    if (event.what == repair::progress::kind::segment_postponed) ++postponed;
    if (listener) listener(event);
  }
  void waiting(const run_wait& wait) override { reasons.push_back(waiting_sentence(wait)); }
  void interrupted() override { was_interrupted = true; }
  void finished(const one_shot_outcome& outcome) override { end = outcome; }
  void failed(const std::string&, const std::string&) override {}

  std::vector<std::string> keyspaces;  ///< of the runs that were planned
  bool resumed = false;
  int done_before = 0;
  int postponed = 0;
  bool was_interrupted = false;
  std::vector<std::string> reasons;
  progress_view last;
  std::optional<one_shot_outcome> end;

  std::function<void(const repair::progress&)> listener;
};

/// `helenus repair` in virtual time: a fake Cassandra cluster, and storage that outlives commands
/// as a state file does.
class one_shot_world {
 public:
  explicit one_shot_world(test::fake_cluster_options with)
      : cassandra(context.get_executor(), clock, std::move(with)) {
    base::set_log_level(base::level::error);  // faults are what these tests are about
  }

  static test::fake_cluster_options nodes(int count) {
    test::fake_cluster_options made;
    made.layout.datacenters = {{"dc1", count, 1}};
    made.layout.tokens_per_node = 4;
    return made;
  }

  one_shot_options options() {
    one_shot_options made;
    made.seed = cassandra.registration().seed_hosts.front();
    made.keyspace = "shop";
    made.segments_per_node = 4;
    return made;
  }

  /// A command from its begin to its end; `then` is called on the way, after `wait`.
  result<int> repair(const one_shot_options& with, base::clock::duration wait = {},
                     std::function<void(one_shot_host&)> then = {}) {
    auto listener = std::move(report.listener);
    report = {};
    report.listener = std::move(listener);
    one_shot_host host(context.get_executor(), clock, storage, cassandra, with, report, 7);
    if (then) return test::run(context, clock, interfere(host, wait, std::move(then)));
    return test::run(context, clock, host.run());
  }

  /// A command that is killed after `life`: nothing of it is left but what is stored.
  void repair_and_crash(const one_shot_options& with, base::clock::duration life) {
    report = {};
    bool ended = false;
    boost::asio::cancellation_signal kill;
    one_shot_host host(context.get_executor(), clock, storage, cassandra, with, report, 7);
    boost::asio::co_spawn(
        context, host.run(),
        boost::asio::bind_cancellation_slot(
            kill.slot(), [&ended](std::exception_ptr, result<int>) { ended = true; }));
    clock.run(context, life);
    kill.emit(boost::asio::cancellation_type::terminal);
    clock.run_until(context, clock.now() + std::chrono::minutes(1), [&ended] { return ended; });
    HELENUS_ASSERT(ended);
  }

  boost::asio::io_context context;
  base::virtual_clock clock;
  test::fake_cluster cassandra;
  storage::memory::backend storage;
  told_report report;
  std::vector<std::string> tables{"customers", "orders", "visits"};

 private:
  task<int> interfere(one_shot_host& host, base::clock::duration wait,
                      std::function<void(one_shot_host&)> then) {
    base::task_group group(context.get_executor());
    group.spawn("interference", later(host, wait, std::move(then)));
    auto code = co_await host.run();
    group.cancel();
    static_cast<void>(co_await group.join());
    co_return code;
  }
  task<void> later(one_shot_host& host, base::clock::duration wait,
                   std::function<void(one_shot_host&)> then) {
    co_await clock.sleep_for(wait);
    then(host);
    co_return result<void>{};
  }
};

}  // namespace helenus::app
