#include "management/link/repair_session_machine.h"

#include "base/overload.h"

#include <algorithm>
#include <utility>

namespace helenus::management::link {
namespace {

// A node answers repairAsync within milliseconds; this many events of others in between mean that
// the answer is not coming soon.
constexpr std::size_t most_early_events = 1'000;
constexpr std::size_t remembered_events = 256;

}  // namespace

repair_session_machine::repair_session_machine(session_patience patience) : patience_(patience) {}

std::vector<session_action> repair_session_machine::on(const session_input& happened,
                                                       time_point now) {
  std::visit(base::overload{
                 [&](const number_known& known) { number_is(known.number, now); },
                 [&](const notified& said) { take(said.what, now); },
                 [&](const stream_lost& gap) { lost(gap.why); },
                 [&](const answered& said) { answer(said.what, now); },
                 [&](const ask_failed&) {
                   asking_ = ask_again_ = false;
                   if (state_ == state::following) ask_at_ = now + patience_.ask_again;
                 },
                 [&](const node_restarted&) {
                   if (state_ == state::following) {
                     actions_.push_back(deliver{model::coordinator_restarted{}});
                   }
                   end();
                 },
                 [&](const time_passed&) {
                   if (ask_at_ && *ask_at_ <= now) ask();
                 },
             },
             happened);
  return std::exchange(actions_, {});
}

void repair_session_machine::number_is(std::int32_t number, time_point now) {
  if (state_ != state::unnumbered) return;
  number_ = number;
  if (number == 0) return end();
  state_ = state::following;
  ask_at_ = now + patience_.silence;
  for (const auto& what : std::exchange(early_, {})) take(what, now);
  if (early_lost_) lost(*std::exchange(early_lost_, std::nullopt));
}

void repair_session_machine::take(const progress_event& what, time_point now) {
  if (state_ == state::unnumbered) {
    if (early_.size() < most_early_events) return early_.push_back(what);
    early_lost_ = "too many events came before the command's number";
    return;
  }
  if (state_ == state::ended || what.command != number_ || is_repetition(what)) return;
  const bool start = std::holds_alternative<model::command_started>(what.what);
  if (start && std::exchange(started_, true)) return;
  actions_.push_back(deliver{what.what});
  remember_outcome(what.what, now);
}

void repair_session_machine::remember_outcome(const model::repair_event& what, time_point now) {
  std::visit(base::overload{
                 [&](const model::command_failed&) { failed_ = true; },
                 [&](const model::command_succeeded&) { succeeded_ = true; },
                 [&](const model::command_completed& end_said) {
                   completed_ = true;
                   failed_ = failed_ || end_said.says_error;
                 },
                 [](const auto&) {},
             },
             what);
  // Success and completion are sent one after the other but may arrive in either order.
  if (completed_ && (succeeded_ || failed_)) return end();
  ask_at_ = now + (completed_ || succeeded_ ? patience_.ending : patience_.silence);
}

void repair_session_machine::lost(const std::string& why) {
  if (state_ == state::unnumbered) early_lost_ = why;
  if (state_ != state::following) return;
  actions_.push_back(deliver{model::events_lost{why}});
  if (asking_) ask_again_ = true;
  ask();
}

void repair_session_machine::answer(const model::command_answer& what, time_point now) {
  asking_ = false;
  if (state_ != state::following) return;
  if (std::exchange(ask_again_, false)) return ask();
  actions_.push_back(deliver{what});
  if (what.state == model::command_state::succeeded || what.state == model::command_state::failed) {
    return end();
  }
  ask_at_ = now + (completed_ || succeeded_ ? patience_.ending : patience_.silence);
}

void repair_session_machine::ask() {
  ask_at_.reset();
  if (state_ != state::following || std::exchange(asking_, true)) return;
  actions_.push_back(ask_node{});
}

void repair_session_machine::end() {
  state_ = state::ended;
  ask_at_.reset();
  early_.clear();
  delivered_.clear();
}

bool repair_session_machine::is_repetition(const progress_event& what) {
  // The emitter counts its events. The kind is compared too: a wrong count must not lose an event.
  const auto same = [&](const progress_event& other) {
    return other.number == what.number && other.time == what.time &&
           other.what.index() == what.what.index();
  };
  if (std::any_of(delivered_.begin(), delivered_.end(), same)) return true;
  delivered_.push_back({what.command, what.number, what.time, what.what});
  if (delivered_.size() > remembered_events) delivered_.pop_front();
  return false;
}

}  // namespace helenus::management::link
