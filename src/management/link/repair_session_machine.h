#pragma once

#include "base/clock.h"
#include "management/link/progress_event.h"
#include "model/repair_event.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace helenus::management::link {

/// How long a session believes silence.
struct session_patience {
  std::chrono::milliseconds silence{30'000};   ///< without an event: ask
  std::chrono::milliseconds ending{2'000};     ///< success or completion alone: ask for the other
  std::chrono::milliseconds ask_again{5'000};  ///< after a question that got no answer
};

// What happens to a session.
/// The answer of repairAsync. 0: the node has nothing to repair.
struct number_known {
  std::int32_t number = 0;
};
/// The node said something about one of its commands, ours or not.
struct notified {
  progress_event what;
};
/// Events may have been missed.
struct stream_lost {
  std::string why;
};
struct answered {
  model::command_answer what;
};
struct ask_failed {};
/// The JVM behind the connection is not the one that took the command.
struct node_restarted {};
struct time_passed {};
using session_input = std::variant<number_known, notified, stream_lost, answered, ask_failed,
                                   node_restarted, time_passed>;

// What a session wants.
/// Hand this to the caller.
struct deliver {
  model::repair_event what;
};
/// Ask the node for the command's true state.
struct ask_node {};
using session_action = std::variant<deliver, ask_node>;

/// Follows one command through the events of its node: keeps those that come before the number is
/// known, drops foreign ones and repetitions, and asks when events are lost or missing. Pure.
class repair_session_machine {
 public:
  using time_point = base::clock::time_point;
  enum class state { unnumbered, following, ended };

  /// A command that is about to be started. Feed it everything from now on.
  explicit repair_session_machine(session_patience patience);

  std::vector<session_action> on(const session_input& happened, time_point now);

  state current() const { return state_; }
  std::int32_t number() const { return number_; }
  /// When time_passed has something to do; empty when never.
  std::optional<time_point> wakes_at() const { return ask_at_; }

 private:
  void number_is(std::int32_t number, time_point now);
  void take(const progress_event& what, time_point now);
  void remember_outcome(const model::repair_event& what, time_point now);
  void lost(const std::string& why);
  void answer(const model::command_answer& what, time_point now);
  void ask();
  void end();
  bool is_repetition(const progress_event& what);

  session_patience patience_;
  state state_ = state::unnumbered;
  std::int32_t number_ = 0;
  std::vector<progress_event> early_;      // of all commands, before the number is known
  std::optional<std::string> early_lost_;  // events were lost before the number was known
  std::deque<progress_event> delivered_;   // the last ones, to know repetitions
  bool started_ = false, failed_ = false, succeeded_ = false, completed_ = false;
  bool asking_ = false;
  bool ask_again_ = false;  // the answer under way may be older than the loss
  std::optional<time_point> ask_at_;
  std::vector<session_action> actions_;
};

}  // namespace helenus::management::link
