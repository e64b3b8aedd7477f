#pragma once

#include "app/one_shot/one_shot_options.h"
#include "app/one_shot/one_shot_repair.h"
#include "app/one_shot/one_shot_report.h"
#include "base/clock.h"
#include "base/task.h"
#include "base/task_group.h"
#include "management/node_connector.h"
#include "storage/backend.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>

namespace helenus::app {

/// The engine and one repair with it: made, run and ended in the right order. The references
/// outlive it; storage and connector are closed by whoever opened them.
class one_shot_host {
 public:
  /// `seed` makes the engine's delays its own.
  one_shot_host(boost::asio::any_io_executor executor, base::clock& clock,
                storage::backend& storage, management::node_connector& connector,
                one_shot_options options, one_shot_report& report, std::uint64_t seed);

  /// To the end of the repair, which the report was told of; the value is the exit code. An error:
  /// it could not start, or what it knew was lost; nobody was told. Cancellation leaves commands on
  /// nodes as they are.
  task<int> run();
  /// As Ctrl-C: running segments may end for a few seconds. Returns false when there is nothing to
  /// end cleanly, because nothing was planned yet or all has ended.
  bool stop();

 private:
  task<int> follow(one_shot_repair& work, repair::repair_service& repairs,
                   base::task_group& engine);

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  storage::backend& storage_;
  management::node_connector& connector_;
  one_shot_options options_;
  one_shot_report& report_;
  std::uint64_t seed_;
  one_shot_repair* work_ = nullptr;
};

}  // namespace helenus::app
