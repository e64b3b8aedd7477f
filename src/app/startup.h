#pragma once

#include "app/startup_machine.h"
#include "base/backoff.h"
#include "base/channel.h"
#include "base/clock.h"
#include "base/task.h"
#include "base/task_group.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <optional>
#include <string>

namespace helenus::app {

/// What the steps of a start are; each is bounded in time by itself.
struct startup_steps {
  std::function<result<void>()> listen;
  std::function<task<void>()> open_storage;
  std::function<task<void>()> migrate;
  std::function<task<void>()> join;
  std::function<task<void>()> recover;
  /// Undoes everything; ends within the grace period. Cancelled by a second signal.
  std::function<task<void>()> drain;
};

/// What can be asked about a start, at any time.
struct startup_status {
  startup_state state = startup_state::booting;
  base::clock::wall_time since{};  ///< when the state was entered
  std::string waiting_for{};       ///< a sentence; empty when nothing is waited for
  std::string last_error{};
  unsigned failed_attempts = 0;
  std::optional<base::clock::wall_time> next_attempt{};
};

/// Carries out what startup_machine decides.
class startup {
 public:
  startup(boost::asio::any_io_executor executor, base::clock& clock, startup_steps steps,
          base::backoff_options retry);

  /// Ends when the process should; the value is its exit code.
  task<int> run();
  /// Drains and ends; a second call does not wait for what is left.
  void request_stop();

  const startup_status& status() const { return status_; }
  bool is_ready() const { return status_.state == startup_state::ready; }

 private:
  task<int> loop();
  task<void> end_children();
  void happen(startup_event event);
  void carry_out(const startup_action& action, base::task_group& group);
  void begin_step(base::task_group& group, const char* name, task<void> step);
  task<void> report(const char* name, task<void> step);
  task<void> wait_for_retry(unsigned attempt);
  task<void> drain();
  void show();

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  startup_steps steps_;
  base::backoff_options retry_;
  startup_machine machine_;
  startup_status status_;
  base::channel<startup_event> events_;
  base::task_group steps_group_;
  base::task_group drain_group_;
  std::optional<int> exit_code_;
};

}  // namespace helenus::app
