#pragma once

#include "base/clock.h"
#include "management/node_client.h"
#include "model/repair_event.h"
#include "model/repair_segment.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace helenus::repair {

using time_point = base::clock::time_point;

/// How patient a segment is. `attempt` is the unit's timeout times the attempt's number.
struct segment_patience {
  base::clock::duration attempt = std::chrono::minutes(30);
  base::clock::duration other_half = std::chrono::seconds(5);
  base::clock::duration settling = std::chrono::seconds(10);
  base::clock::duration ask_interval = std::chrono::seconds(10);
  base::clock::duration silence = std::chrono::seconds(60);
  base::clock::duration unreachable = std::chrono::minutes(5);
  base::clock::duration unreachable_when_down = std::chrono::seconds(30);
  int unknown_limit = 3;
};

/// Why a segment is to stop before its end.
enum class stop_cause {
  run_paused,
  run_aborted,
  segment_aborted,
  shutdown,
  lease_lost,  ///< its replicas take part in something else
  taken_over,  ///< another instance follows its command
};

// What can happen to a segment.
struct segment_claimed {};   ///< its replicas are ours to use
struct attach_requested {};  ///< its command was started earlier, perhaps by a former process
struct origin_unknown {};    ///< a former process may have started a command, number unknown
struct command_accepted {    ///< the coordinator knows the command
  model::command_reference command;
};
struct command_refused {  ///< no command was started
  std::string why;
  bool blame = true;  ///< it counts as a failure of the segment
};
struct command_uncertain {  ///< the answer was lost: a command may run
  std::string why;
};
struct node_said {
  model::repair_event what;
};
struct node_silent {  ///< the coordinator can not be reached now
  std::string why;
  bool down = false;  ///< gossip says that it is down
};
struct ask_failed {
  std::string why;
};
struct coordinator_runs {  ///< repair commands on the coordinator that are not known as ours
  int unknown = 0;
  std::string numbers;  ///< "7, 9"
  /// A command that began just now would be among them, or must not be waited for.
  bool conclusive = false;
};
struct stop_requested {
  stop_cause cause;
};
struct command_stopped {
  management::cancel_outcome outcome;
};
struct stop_failed {
  std::string why;
};
struct row_taken {};    ///< somebody else changed or removed the stored segment
struct time_passed {};  ///< wake_at() was reached

using segment_event = std::variant<segment_claimed, attach_requested, origin_unknown,
                                   command_accepted, command_refused, command_uncertain, node_said,
                                   node_silent, ask_failed, coordinator_runs, stop_requested,
                                   command_stopped, stop_failed, row_taken, time_passed>;

enum class segment_outcome {
  done,       ///< repaired, as the coordinator said
  postponed,  ///< the attempt failed: again later, counted as a failure
  released,   ///< given back without blame
  left,       ///< its command still runs and the stored row says so: to be attached later
  lost,       ///< somebody else changed the stored row: it is theirs
};

// What is to be done about it, in this order.
struct start_command {};
struct attach_command {};
struct ask_node {};          ///< the state of our command -> node_said{command_answer}, ask_failed
struct look_for_command {};  ///< commands on the coordinator -> coordinator_runs, ask_failed
struct stop_command {};      ///< -> command_stopped, stop_failed
struct keep_row {            ///< store that the segment is `state`
  model::segment_state state;
};
struct end_segment {  ///< exactly once, last
  segment_outcome outcome;
  std::string why;
};

using segment_action = std::variant<start_command, attach_command, ask_node, look_for_command,
                                    stop_command, keep_row, end_segment>;

/// One attempt to repair one segment: what the coordinator's events mean, in whatever order they
/// come. Pure.
///
/// A segment is done only when success and completion were both heard, or when the coordinator
/// answered, asked about this very command, that it succeeded.
class segment_machine {
 public:
  enum class phase {
    waiting,    ///< nothing happened yet
    starting,   ///< a coordinator is being told
    accepted,   ///< it knows the command
    running,    ///< the command has begun
    in_doubt,   ///< events are missing; the coordinator is being asked
    searching,  ///< whether a command of ours runs at all is being found out
    stopping,   ///< the command is being stopped
    ended,
  };

  explicit segment_machine(segment_patience patience) : patience_(patience) {}

  std::vector<segment_action> on(const segment_event& happened, time_point now);
  phase current() const { return phase_; }
  /// When time_passed is due next.
  std::optional<time_point> wake_at() const;
  /// What it waits for while in doubt, for people.
  const std::string& doubt() const { return doubt_; }
  /// It is to stop, and goes on because a repair that is not ours would be stopped with it.
  bool spares_others() const { return spares_others_ && phase_ != phase::ended; }

 private:
  using actions = std::vector<segment_action>;
  void handle(const segment_claimed&, time_point now, actions& out);
  void handle(const attach_requested&, time_point now, actions& out);
  void handle(const origin_unknown&, time_point now, actions& out);
  void handle(const command_accepted& event, time_point now, actions& out);
  void handle(const command_refused& event, time_point now, actions& out);
  void handle(const command_uncertain& event, time_point now, actions& out);
  void handle(const node_said& event, time_point now, actions& out);
  void handle(const node_silent& event, time_point now, actions& out);
  void handle(const ask_failed& event, time_point now, actions& out);
  void handle(const coordinator_runs& event, time_point now, actions& out);
  void handle(const stop_requested& event, time_point now, actions& out);
  void handle(const command_stopped& event, time_point now, actions& out);
  void handle(const stop_failed& event, time_point now, actions& out);
  void handle(const row_taken&, time_point now, actions& out);
  void handle(const time_passed&, time_point now, actions& out);

  void hear(const model::command_started&, time_point now, actions& out);
  void hear(const model::command_progress&, time_point now, actions& out);
  void hear(const model::command_failed& event, time_point now, actions& out);
  void hear(const model::command_succeeded&, time_point now, actions& out);
  void hear(const model::command_completed& event, time_point now, actions& out);
  void hear(const model::command_notice&, time_point, actions&) {}
  void hear(const model::events_lost& event, time_point now, actions& out);
  void hear(const model::command_answer& event, time_point now, actions& out);
  void hear(const model::coordinator_restarted&, time_point now, actions& out);

  void begun(actions& out);
  void decide(time_point now, actions& out);
  void ask(actions& out);
  void answered_unknown(const model::command_answer& event, time_point now, actions& out);
  void stop(actions& out);
  void let_it_end(time_point next_question);
  void end(segment_outcome outcome, std::string why, actions& out);
  /// The end of a segment that was asked to stop, or else of a failed attempt.
  void give_back(std::string why, actions& out);
  bool following() const;

  segment_patience patience_;
  phase phase_ = phase::waiting;
  std::optional<time_point> attempt_deadline_;
  std::optional<time_point> next_question_;
  std::optional<time_point> accepted_at_;
  std::optional<time_point> silent_since_;
  std::optional<stop_cause> stopping_;
  bool begun_ = false;
  bool succeeded_ = false;
  bool completed_ = false;
  bool lost_ = false;       ///< events are missing: only answers count from here
  bool asking_ = false;     ///< a question is on its way
  bool timed_out_ = false;  ///< the attempt's time is over: one last question, then stop
  bool spares_others_ = false;
  bool let_it_end_ = false;     ///< stopping would harm others: its own end is waited for
  bool ended_unheard_ = false;  ///< the node says that it no longer runs: one question decides
  int unknown_answers_ = 0;
  std::optional<std::string> failure_;
  std::string doubt_;
  std::optional<time_point> searching_since_;
  std::string may_be_ours_;  ///< what ran on the coordinator when it was looked for the command
};

std::string_view to_string(segment_machine::phase value);
std::string_view to_string(segment_outcome value);
std::string_view to_string(stop_cause value);
/// The name of an event, for the log.
std::string_view name_of(const segment_event& happened);

}  // namespace helenus::repair
