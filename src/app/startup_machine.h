#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace helenus::app {

/// Where the process is in its life. The order is the order of a start without trouble.
enum class startup_state {
  booting,          ///< nothing is open yet
  serving,          ///< the ports are being opened
  opening_storage,  ///< from here on HTTP is answered
  migrating,
  joining,
  recovering,
  ready,
  draining,
  stopped,
};

/// "opening_storage" and so on, as it is shown.
std::string_view to_text(startup_state state);

/// Exit codes of the daemon.
constexpr int exit_drained = 0;
constexpr int exit_could_not_start = 1;
constexpr int exit_bad_configuration = 64;

namespace startup_events {
struct begin {};
struct listening {};
struct cannot_listen {
  std::string why;
};
struct step_done {};
struct step_failed {
  std::string why;
  std::string missing{};  ///< what is waited for now, in a few words
};
struct retry_due {};
struct stop_requested {};  ///< a signal
struct drained {};
}  // namespace startup_events
using startup_event =
    std::variant<startup_events::begin, startup_events::listening, startup_events::cannot_listen,
                 startup_events::step_done, startup_events::step_failed, startup_events::retry_due,
                 startup_events::stop_requested, startup_events::drained>;

namespace startup_actions {
struct listen {};
struct open_storage {};
struct migrate {};
struct join {};
struct recover {};
struct wait_for_retry {
  unsigned attempt;  ///< 1 for the first retry
};
struct stop_steps {};  ///< whatever step or wait is under way
struct drain {};
struct cut_drain_short {};  ///< the second signal
struct exit {
  int code;
};
}  // namespace startup_actions
using startup_action =
    std::variant<startup_actions::listen, startup_actions::open_storage, startup_actions::migrate,
                 startup_actions::join, startup_actions::recover, startup_actions::wait_for_retry,
                 startup_actions::stop_steps, startup_actions::drain,
                 startup_actions::cut_drain_short, startup_actions::exit>;

/// Start-up and shutdown, decided: see docs/architecture/life-of-the-process.md. Pure.
///
/// A step that fails leads back to opening storage after a wait, for ever: a process that gives up
/// helps nobody when the database comes back. Only joining is repeated by itself: what it waits for
/// is the local node, while storage is open.
class startup_machine {
 public:
  /// What to do now that `happened`. An event that means nothing in the state is ignored: a step
  /// may still report after a signal has ended it.
  std::vector<startup_action> on(const startup_event& happened);

  startup_state state() const { return state_; }
  /// True between a failed step and the next attempt.
  bool waits_for_retry() const { return waits_for_retry_; }
  /// How often start-up failed since the process began or was ready.
  unsigned failed_attempts() const { return failed_attempts_; }
  /// The failure that the last attempt, or the process, ended with; empty when none has failed.
  const std::string& last_error() const { return last_error_; }
  /// What the step lacked that failed last; empty when none has, or when it was done since.
  const std::string& missing() const { return missing_; }

 private:
  std::vector<startup_action> go_to(startup_state next, std::vector<startup_action> actions);
  std::vector<startup_action> on_step_done();
  std::vector<startup_action> on_step_failed(const startup_events::step_failed& failure);
  std::vector<startup_action> on_stop();
  bool is_in_steps() const;

  startup_state state_ = startup_state::booting;
  bool waits_for_retry_ = false;
  unsigned failed_attempts_ = 0;
  std::string last_error_;
  std::string missing_;
  startup_state failed_step_ = startup_state::booting;
};

}  // namespace helenus::app
