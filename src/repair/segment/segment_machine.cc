#include "repair/segment/segment_machine.h"

#include "base/assert.h"

#include <algorithm>
#include <array>

namespace helenus::repair {

std::vector<segment_action> segment_machine::on(const segment_event& happened, time_point now) {
  actions out;
  if (phase_ == phase::ended) return out;
  std::visit([&](const auto& event) { handle(event, now, out); }, happened);
  return out;
}

std::optional<time_point> segment_machine::wake_at() const {
  if (phase_ == phase::ended) return std::nullopt;
  if (timed_out_ && !next_question_) return std::nullopt;
  if (timed_out_ || !attempt_deadline_) return next_question_;
  if (!next_question_) return attempt_deadline_;
  return std::min(*attempt_deadline_, *next_question_);
}

bool segment_machine::following() const {
  return phase_ == phase::accepted || phase_ == phase::running || phase_ == phase::in_doubt ||
         phase_ == phase::stopping;
}

void segment_machine::handle(const segment_claimed&, time_point now, actions& out) {
  if (phase_ != phase::waiting) return;
  phase_ = phase::starting;
  attempt_deadline_ = now + patience_.attempt;
  out.push_back(start_command{});
}

void segment_machine::handle(const attach_requested&, time_point now, actions& out) {
  if (phase_ != phase::waiting) return;
  // What was said while nobody listened is lost; the node is asked as soon as it can be reached.
  phase_ = phase::in_doubt;
  lost_ = true;
  doubt_ = "taking up a command that was started earlier";
  attempt_deadline_ = now + patience_.attempt;
  accepted_at_ = now - patience_.settling;
  next_question_ = now + patience_.ask_interval;
  out.push_back(attach_command{});
}

void segment_machine::handle(const origin_unknown&, time_point now, actions& out) {
  if (phase_ != phase::waiting) return;
  attempt_deadline_ = now + patience_.attempt;
  handle(
      command_uncertain{
          "whoever told the coordinator to repair is gone, and with it the command's number"},
      now, out);
}

void segment_machine::handle(const command_accepted& event, time_point now, actions& out) {
  if (phase_ != phase::starting) return;
  if (event.command.number == 0) {
    return end(segment_outcome::done, "the coordinator has nothing to repair", out);
  }
  phase_ = phase::accepted;
  accepted_at_ = now;
  next_question_ = now + patience_.silence;
  out.push_back(keep_row{model::segment_state::started});
  if (stopping_) stop(out);
}

void segment_machine::handle(const command_refused& event, time_point, actions& out) {
  if (phase_ != phase::starting) return;
  if (stopping_ || !event.blame) return end(segment_outcome::released, event.why, out);
  end(segment_outcome::postponed, event.why, out);
}

void segment_machine::handle(const command_uncertain& event, time_point now, actions& out) {
  if (phase_ != phase::starting && phase_ != phase::waiting) return;
  phase_ = phase::searching;
  searching_since_ = now;
  doubt_ = event.why;
  asking_ = true;
  out.push_back(look_for_command{});
}

void segment_machine::handle(const node_said& event, time_point now, actions& out) {
  if (!following()) return;
  silent_since_.reset();
  if (!lost_ && !timed_out_) next_question_ = now + patience_.silence;
  std::visit([&](const auto& said) { hear(said, now, out); }, event.what);
}

void segment_machine::handle(const node_silent& event, time_point now, actions& out) {
  if (!following()) return;
  doubt_ = event.why;
  lost_ = true;
  if (!silent_since_) silent_since_ = now;
  const auto limit = event.down ? patience_.unreachable_when_down : patience_.unreachable;
  if (now - *silent_since_ >= limit) {
    return give_back("the coordinator can not be reached: " + event.why, out);
  }
  if (phase_ != phase::stopping) phase_ = phase::in_doubt;
  if (!next_question_ || *next_question_ > now + patience_.ask_interval) {
    next_question_ = now + patience_.ask_interval;
  }
}

void segment_machine::handle(const ask_failed& event, time_point now, actions& out) {
  asking_ = false;
  doubt_ = event.why;
  if (phase_ == phase::searching) {
    if (now >= *attempt_deadline_) return give_back(event.why, out);
    next_question_ = now + patience_.ask_interval;
    return;
  }
  if (!following()) return;
  if (timed_out_) {
    if (phase_ != phase::stopping) stop(out);
    return;
  }
  if (ended_unheard_) return give_back(event.why, out);
  next_question_ = now + patience_.ask_interval;
}

void segment_machine::handle(const coordinator_runs& event, time_point now, actions& out) {
  if (phase_ != phase::searching) return;
  asking_ = false;
  // A command that prepares, or waits in the node's queue, is among those that run only then.
  const bool settling =
      !event.conclusive && may_be_ours_.empty() && now - *searching_since_ < patience_.settling;
  if (event.unknown == 0 && settling) {
    next_question_ = *searching_since_ + patience_.settling;
    return;
  }
  if (event.unknown == 0) {
    return give_back(
        may_be_ours_.empty() ? doubt_ : "a repair that may have been ours ended: " + may_be_ours_,
        out);
  }
  if (now >= *attempt_deadline_) {
    return give_back("a repair that may be ours still runs on the coordinator", out);
  }
  may_be_ours_ = "command " + event.numbers;
  doubt_ = "a repair that may be ours runs on the coordinator: " + may_be_ours_;
  next_question_ = now + patience_.ask_interval;
}

void segment_machine::handle(const stop_requested& event, time_point, actions& out) {
  if (event.cause == stop_cause::taken_over) {
    return end(segment_outcome::lost, "another instance follows its command", out);
  }
  const bool first = !stopping_;
  stopping_ = event.cause;
  if (phase_ == phase::waiting) return give_back("it had not begun", out);
  if (phase_ == phase::searching && event.cause == stop_cause::shutdown) {
    return end(segment_outcome::left, doubt_, out);
  }
  if (let_it_end_ && event.cause == stop_cause::shutdown) {
    return end(segment_outcome::left, "its command goes on", out);
  }
  if (first && following() && phase_ != phase::stopping) stop(out);
}

void segment_machine::handle(const command_stopped& event, time_point now, actions& out) {
  if (phase_ != phase::stopping) return;
  using enum management::cancel_outcome;
  switch (event.outcome) {
    case cancelled:
      return give_back(timed_out_ ? "timed out and was stopped" : "stopped", out);
    case not_running:
      if (timed_out_ && !stopping_) return give_back("timed out and had ended unheard", out);
      // It may have ended well just before: what the node says decides.
      phase_ = phase::in_doubt;
      ended_unheard_ = true;
      doubt_ = "it had ended before it could be stopped";
      return ask(out);
    case left_running:
      if (timed_out_ && !stopping_) {
        return give_back("timed out; stopping it would stop repairs of others", out);
      }
      if (*stopping_ == stop_cause::shutdown) {
        return end(segment_outcome::left, "its command goes on", out);
      }
      spares_others_ = true;
      doubt_ = "stopping it would stop repairs of others";
      return let_it_end(now + patience_.silence);
  }
}

void segment_machine::let_it_end(time_point next_question) {
  let_it_end_ = true;
  phase_ = lost_ ? phase::in_doubt : phase::running;
  next_question_ = next_question;
}

void segment_machine::handle(const stop_failed& event, time_point now, actions& out) {
  if (phase_ != phase::stopping) return;
  if (stopping_ == stop_cause::shutdown) return end(segment_outcome::left, event.why, out);
  if (timed_out_) return give_back("timed out and could not be stopped: " + event.why, out);
  // It may still load its replicas: they are not free before its end is known.
  lost_ = true;
  doubt_ = event.why;
  let_it_end(now + patience_.ask_interval);
}

void segment_machine::handle(const row_taken&, time_point, actions& out) {
  end(segment_outcome::lost, "somebody else changed the stored segment", out);
}

void segment_machine::handle(const time_passed&, time_point now, actions& out) {
  if (phase_ == phase::searching) {
    if (!asking_ && next_question_ && now >= *next_question_) {
      asking_ = true;
      next_question_.reset();
      out.push_back(look_for_command{});
    } else if (now >= *attempt_deadline_) {
      give_back(doubt_, out);
    }
    return;
  }
  if (!following() || phase_ == phase::stopping) return;
  if (!timed_out_ && now >= *attempt_deadline_) {
    // A question before the axe: it may be done, and only its end was not heard.
    timed_out_ = true;
    next_question_.reset();
    return ask(out);
  }
  if (next_question_ && now >= *next_question_) {
    next_question_ = now + patience_.ask_interval;
    ask(out);
  }
}

void segment_machine::hear(const model::command_started&, time_point, actions& out) { begun(out); }

void segment_machine::hear(const model::command_progress&, time_point, actions& out) { begun(out); }

void segment_machine::hear(const model::command_failed& event, time_point now, actions& out) {
  if (!failure_) failure_ = event.reason;
  decide(now, out);
}

void segment_machine::hear(const model::command_succeeded&, time_point now, actions& out) {
  succeeded_ = true;
  decide(now, out);
}

void segment_machine::hear(const model::command_completed& event, time_point now, actions& out) {
  completed_ = true;
  if (event.says_error && !failure_) failure_ = "the command finished with an error";
  decide(now, out);
}

void segment_machine::hear(const model::events_lost& event, time_point now, actions& out) {
  lost_ = true;
  doubt_ = event.why;
  if (phase_ != phase::stopping) phase_ = phase::in_doubt;
  // The session asks by itself; this is for a session that does not.
  next_question_ = now + patience_.ask_interval;
  static_cast<void>(out);
}

void segment_machine::hear(const model::command_answer& event, time_point now, actions& out) {
  asking_ = false;
  using enum model::command_state;
  switch (event.state) {
    case succeeded:
      return end(segment_outcome::done, "the coordinator says that it succeeded", out);
    case failed:
      return give_back(event.detail.empty() ? "the coordinator says that it failed" : event.detail,
                       out);
    case running:
      unknown_answers_ = 0;
      ended_unheard_ = false;
      begun(out);
      if (timed_out_) {
        if (phase_ != phase::stopping) stop(out);
        return;
      }
      if (phase_ == phase::in_doubt) phase_ = phase::running;
      next_question_ =
          now + (completed_ || succeeded_ ? patience_.ask_interval : patience_.silence);
      return;
    case unknown:
      return answered_unknown(event, now, out);
  }
}

void segment_machine::answered_unknown(const model::command_answer& event, time_point now,
                                       actions& out) {
  if (timed_out_) {
    if (phase_ != phase::stopping) stop(out);
    return;
  }
  // A command that waits in the node's queue is unknown at first.
  const bool settling = now - *accepted_at_ < patience_.settling;
  if (!settling) ++unknown_answers_;
  if (ended_unheard_) return give_back("stopped", out);
  if (unknown_answers_ >= patience_.unknown_limit) {
    // Success alone is not proof, and silence is none: repairing again is always safe.
    return give_back("its end was not heard and the coordinator no longer knows it" +
                         (event.detail.empty() ? std::string() : " (" + event.detail + ")"),
                     out);
  }
  next_question_ = now + patience_.ask_interval;
}

void segment_machine::hear(const model::coordinator_restarted&, time_point, actions& out) {
  give_back("the coordinator restarted", out);
}

void segment_machine::begun(actions& out) {
  if (phase_ == phase::accepted) phase_ = phase::running;
  if (begun_) return;
  begun_ = true;
  out.push_back(keep_row{model::segment_state::running});
}

void segment_machine::decide(time_point now, actions& out) {
  if (completed_ && failure_) return give_back(*failure_, out);
  if (completed_ && succeeded_) return end(segment_outcome::done, "repaired", out);
  // Cassandra sends success and completion unordered; a failure may precede the end by far.
  if (!timed_out_) next_question_ = now + patience_.other_half;
}

void segment_machine::ask(actions& out) {
  if (asking_) return;
  asking_ = true;
  out.push_back(ask_node{});
}

void segment_machine::stop(actions& out) {
  phase_ = phase::stopping;
  next_question_.reset();
  out.push_back(stop_command{});
}

void segment_machine::give_back(std::string why, actions& out) {
  end(stopping_ ? segment_outcome::released : segment_outcome::postponed, std::move(why), out);
}

void segment_machine::end(segment_outcome outcome, std::string why, actions& out) {
  phase_ = phase::ended;
  out.push_back(end_segment{outcome, std::move(why)});
}

std::string_view to_string(segment_machine::phase value) {
  constexpr std::array<std::string_view, 8> names = {"waiting",  "starting",  "accepted", "running",
                                                     "in_doubt", "searching", "stopping", "ended"};
  return names[static_cast<std::size_t>(value)];
}

std::string_view to_string(segment_outcome value) {
  constexpr std::array<std::string_view, 5> names = {"done", "postponed", "released", "left",
                                                     "lost"};
  return names[static_cast<std::size_t>(value)];
}

std::string_view to_string(stop_cause value) {
  constexpr std::array<std::string_view, 6> names = {"run_paused", "run_aborted", "segment_aborted",
                                                     "shutdown",   "lease_lost",  "taken_over"};
  return names[static_cast<std::size_t>(value)];
}

std::string_view name_of(const segment_event& happened) {
  constexpr std::array<std::string_view, std::variant_size_v<segment_event>> names = {
      "segment_claimed", "attach_requested",  "origin_unknown", "command_accepted",
      "command_refused", "command_uncertain", "node_said",      "node_silent",
      "ask_failed",      "coordinator_runs",  "stop_requested", "command_stopped",
      "stop_failed",     "row_taken",         "time_passed"};
  return names[happened.index()];
}

}  // namespace helenus::repair
