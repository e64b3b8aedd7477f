#include "app/startup_machine.h"

#include "base/overload.h"

namespace helenus::app {

namespace actions = startup_actions;
namespace events = startup_events;
using state = startup_state;

std::string_view to_text(startup_state value) {
  switch (value) {
    case state::booting:
      return "booting";
    case state::serving:
      return "serving";
    case state::opening_storage:
      return "opening_storage";
    case state::migrating:
      return "migrating";
    case state::joining:
      return "joining";
    case state::recovering:
      return "recovering";
    case state::ready:
      return "ready";
    case state::draining:
      return "draining";
    case state::stopped:
      return "stopped";
  }
  return "unknown";
}

std::vector<startup_action> startup_machine::on(const startup_event& happened) {
  const auto ignored = [] { return std::vector<startup_action>{}; };
  return std::visit(base::overload{
                        [&](const events::begin&) {
                          if (state_ != state::booting) return ignored();
                          return go_to(state::serving, {actions::listen{}});
                        },
                        [&](const events::listening&) {
                          if (state_ != state::serving) return ignored();
                          return go_to(state::opening_storage, {actions::open_storage{}});
                        },
                        [&](const events::cannot_listen& failure) {
                          if (state_ != state::serving) return ignored();
                          last_error_ = failure.why;
                          return go_to(state::stopped, {actions::exit{exit_could_not_start}});
                        },
                        [&](const events::step_done&) { return on_step_done(); },
                        [&](const events::step_failed& failure) { return on_step_failed(failure); },
                        [&](const events::retry_due&) {
                          if (!waits_for_retry_) return ignored();
                          if (state_ == state::joining)
                            return go_to(state::joining, {actions::join{}});
                          return go_to(state::opening_storage, {actions::open_storage{}});
                        },
                        [&](const events::stop_requested&) { return on_stop(); },
                        [&](const events::drained&) {
                          if (state_ != state::draining) return ignored();
                          return go_to(state::stopped, {actions::exit{exit_drained}});
                        },
                    },
                    happened);
}

std::vector<startup_action> startup_machine::go_to(startup_state next,
                                                   std::vector<startup_action> todo) {
  state_ = next;
  waits_for_retry_ = false;
  return todo;
}

bool startup_machine::is_in_steps() const {
  return state_ >= state::opening_storage && state_ <= state::recovering;
}

std::vector<startup_action> startup_machine::on_step_done() {
  if (!is_in_steps() || waits_for_retry_) return {};
  if (state_ >= failed_step_) missing_.clear();
  switch (state_) {
    case state::opening_storage:
      return go_to(state::migrating, {actions::migrate{}});
    case state::migrating:
      return go_to(state::joining, {actions::join{}});
    case state::joining:
      return go_to(state::recovering, {actions::recover{}});
    default:
      failed_attempts_ = 0;
      last_error_.clear();
      return go_to(state::ready, {});
  }
}

std::vector<startup_action> startup_machine::on_step_failed(const events::step_failed& failure) {
  if (!is_in_steps() || waits_for_retry_) return {};
  ++failed_attempts_;
  last_error_ = failure.why;
  missing_ = failure.missing;
  failed_step_ = state_;
  const auto back = state_ == state::joining ? state_ : state::opening_storage;
  auto todo = go_to(back, {actions::wait_for_retry{failed_attempts_}});
  waits_for_retry_ = true;
  return todo;
}

std::vector<startup_action> startup_machine::on_stop() {
  switch (state_) {
    case state::booting:
      return go_to(state::stopped, {actions::exit{exit_drained}});
    case state::draining:
      return {actions::cut_drain_short{}};
    case state::stopped:
      return {};
    default:
      return go_to(state::draining, {actions::stop_steps{}, actions::drain{}});
  }
}

}  // namespace helenus::app
