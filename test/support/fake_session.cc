// A repair command of a fake node as the management seam shows it.

#include "management/errc.h"
#include "support/fake_client.h"

#include <algorithm>

namespace helenus::test {
namespace {

bool remembers_commands(const std::string& release_version) {
  return !release_version.starts_with("3.");
}

}  // namespace

fake_session::fake_session(fake_cluster& world, model::command_reference command, bool attached)
    : world_(world),
      reference_(command),
      last_heard_(world.clock().now()),
      changed_(world.executor_),
      waiter_(world.next_waiter_++) {
  world_.waiting_[waiter_] = &changed_;
  const auto* node = world_.find(command.coordinator);
  if (node && node->jvm_start() == command.jvm_start) command_ = node->find_command(command.number);
  if (!attached) return;
  // What was said before nobody tells again.
  const auto now = world_.clock().now();
  if (command_) {
    heard_ = static_cast<std::size_t>(
        std::count_if(command_->timeline.begin(), command_->timeline.end(),
                      [now](const timed_event& entry) { return entry.when <= now; }));
  }
  in_doubt_ = true;
  next_ask_ = now;
}

fake_session::~fake_session() { world_.waiting_.erase(waiter_); }

task<void> fake_session::close() {
  closed_ = true;
  changed_.set();
  co_return result<void>{};
}

task<void> fake_session::wait(time_point until) {
  const auto woken = [](base::event& changed) -> task<void> {
    co_await changed.wait();
    co_return result<void>{};
  };
  if (until == time_point::max()) co_return co_await woken(changed_);
  const auto length = std::max(duration(0), until - world_.clock().now());
  co_await base::with_timeout(world_.clock(), woken(changed_), length, "an event");
  co_return result<void>{};
}

task<model::repair_event> fake_session::next() {
  const auto asked = world_.clock().now();
  while (true) {
    if (closed_) co_return error{base::errc::closed, "the session was closed"};
    world_.settle();
    const auto* node = world_.find(reference_.coordinator);
    if (node && node->reachable()) {
      if (auto event = take(*node)) co_return std::move(*event);
      CO_TRY_VOID(co_await wait(next_chance()));
      continue;
    }
    const auto patience = asked + world_.options().call_timeout;
    if (world_.clock().now() >= patience) {
      co_return error{management::errc::node_unreachable, "the coordinator can not be reached"};
    }
    CO_TRY_VOID(co_await wait(patience));
  }
}

std::optional<model::repair_event> fake_session::take(const fake_node& node) {
  if (over_ || reference_.number == 0) {
    if (command_ && over_) return take_said(node);
    return std::nullopt;
  }
  if (node.jvm_start() != reference_.jvm_start) {
    if (restart_told_) return std::nullopt;
    restart_told_ = true;
    over_ = true;
    command_.reset();
    return model::coordinator_restarted{};
  }
  if (auto said = take_said(node)) return said;
  const auto now = world_.clock().now();
  const auto silence = world_.options().ask_when_silent;
  if (!in_doubt_ && silence > duration(0) && now - last_heard_ >= silence) {
    in_doubt_ = true;
    next_ask_ = now;
  }
  if (!in_doubt_ || next_ask_ > now) return std::nullopt;
  next_ask_ = now + world_.options().ask_interval;
  ++world_.calls_["ask"];
  auto answered = answer(node);
  over_ = answered.state == model::command_state::succeeded ||
          answered.state == model::command_state::failed;
  return answered;
}

std::optional<model::repair_event> fake_session::take_said(const fake_node& node) {
  const auto now = world_.clock().now();
  while (command_ && heard_ < command_->timeline.size()) {
    const auto& entry = command_->timeline[heard_];
    if (entry.when > now) break;
    ++heard_;
    if (entry.lost == loss::silent) continue;
    if (entry.lost || node.was_cut(entry.when)) {
      if (in_doubt_) continue;
      in_doubt_ = true;
      next_ask_ = now;
      return model::events_lost{"notifications were lost"};
    }
    last_heard_ = now;
    // In doubt, the end alone does not say how it ended: an answer follows.
    if (std::holds_alternative<model::command_completed>(entry.event)) over_ = !in_doubt_;
    return entry.event;
  }
  return std::nullopt;
}

time_point fake_session::next_chance() const {
  auto next = time_point::max();
  if (command_ && heard_ < command_->timeline.size()) next = command_->timeline[heard_].when;
  if (over_ || reference_.number == 0) return next;
  if (command_ && command_->doomed) next = std::min(next, command_->doomed->when);
  const auto silence = world_.options().ask_when_silent;
  if (in_doubt_) {
    next = std::min(next, next_ask_);
  } else if (silence > duration(0)) {
    next = std::min(next, last_heard_ + silence);
  }
  return next;
}

model::command_answer fake_session::answer(const fake_node& node) const {
  const auto unknown = model::command_answer{model::command_state::unknown, "not known here"};
  if (!command_ || node.jvm_start() != reference_.jvm_start) return unknown;
  if (command_->live()) return {model::command_state::running, {}};
  if (!remembers_commands(world_.options().layout.release_version)) return unknown;
  if (command_->outcome == command_end::succeeded) return {model::command_state::succeeded, {}};
  return {model::command_state::failed, "remote: repair failed"};
}

task<model::command_answer> fake_session::ask() {
  ++world_.calls_["ask"];
  const auto* node = world_.find(reference_.coordinator);
  if (!node || !node->reachable()) {
    co_await world_.clock().sleep_for(world_.options().connect_timeout);
    co_return error{management::errc::node_unreachable, "ask: no connection"};
  }
  const auto length = world_.options().call_time + node->additional_call_time();
  const auto deadline = world_.options().call_timeout;
  co_await world_.clock().sleep_for(std::min(length, deadline));
  world_.settle();
  if (length > deadline || !node->reachable()) {
    co_return error{management::errc::call_timed_out, "ask: no answer"};
  }
  co_return answer(*node);
}

}  // namespace helenus::test
