#pragma once

#include "repair/dispatch/dispatch_loop.h"
#include "repair/progress_hub.h"
#include "repair/repair_options.h"
#include "repair/storage_gate.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace helenus::repair {

/// Owns the dispatch loops of all clusters and what they share; takes up at start what storage says
/// is running.
class engine {
 public:
  engine(boost::asio::any_io_executor executor, base::clock& clock, storage::backend& storage,
         cluster::cluster_service& clusters, const deployment::mode& mode, repair_options options,
         metrics::registry& metrics, std::uint64_t seed);
  ~engine();

  task<void> run();
  task<void> shutdown(base::clock::duration grace);
  bool stopping() const { return stopping_; }
  /// What storage says was running at the start is known to the loops.
  bool recovered() const { return recovered_; }

  /// The loop of a cluster; made at the first use. Null while nothing runs the engine.
  dispatch_loop* loop(const std::string& cluster_name);
  dispatch_loop* find_loop(const std::string& cluster_name);
  engine_context& context() { return context_; }
  /// Before metrics are read.
  void update_metrics();
  /// Why a run that storage says is RUNNING is not worked on yet.
  model::waiting_reason not_taken_up() const;

 private:
  task<void> work();
  task<void> recover();
  task<void> follow_others();
  task<void> follow_runs();
  void remember(const std::vector<storage::run_summary>& done);
  boost::asio::awaitable<void> wait_for_flights(base::clock::duration longest);
  std::size_t in_flight() const;

  repair_options options_;
  storage_gate gate_;
  progress_hub hub_;
  repair_metrics metrics_;
  base::uuid_source ids_;
  engine_context context_;
  base::task_group group_;
  base::event stop_;
  std::map<std::string, std::unique_ptr<dispatch_loop>> loops_;
  std::optional<error> recovery_failure_;
  bool recovered_ = false;
  bool working_ = false;
  bool stopping_ = false;
};

}  // namespace helenus::repair
