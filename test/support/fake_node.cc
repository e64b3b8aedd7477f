#include "support/fake_node.h"

#include "support/fake_cluster.h"

#include <algorithm>

namespace helenus::test {

const model::node& fake_node::shown() const { return std::as_const(world_).shown(id_); }

void fake_node::kill() {
  if (!running_) return;
  world_.settle();
  running_ = false;
  paused_since_.reset();
  dead_since_ = world_.clock().now();
  lose_commands();
  world_.doom_others(id_, address() + " died");
  world_.changed();
}

void fake_node::start() {
  if (running_) return;
  world_.settle();
  running_ = true;
  dead_since_.reset();
  world_.boot(*this);
  world_.changed();
}

void fake_node::restart() {
  kill();
  start();
}

void fake_node::pause() {
  if (!running_ || paused()) return;
  world_.settle();
  paused_since_ = world_.clock().now();
  world_.doom_others(id_, address() + " does not answer");
  world_.changed();
}

void fake_node::resume() {
  if (!paused()) return;
  world_.settle();
  const auto now = world_.clock().now();
  const auto length = now - *paused_since_;
  paused_since_.reset();
  for (const auto& command : commands_) {
    if (command->live()) command->delay_rest(now, length);
  }
  world_.pardon_others(id_);
  world_.changed();
}

void fake_node::cut_connection() {
  if (!connected_) return;
  connected_ = false;
  cuts_.emplace_back(world_.clock().now(), time_point::max());
  world_.changed();
}

void fake_node::mend_connection() {
  if (connected_) return;
  connected_ = true;
  cuts_.back().second = world_.clock().now();
  world_.changed();
}

void fake_node::inject(fault what, loss how) { faults_.emplace_back(what, how); }

std::int32_t fake_node::start_foreign_repair(duration length) {
  world_.settle();
  auto command = add_command();
  command->foreign = true;
  command->started = world_.clock().now();
  plan_command(*command, length, duration(0), {}, loss::announced);
  world_.live_.push_back(command);
  return command->number;
}

std::shared_ptr<fake_command> fake_node::find_command(std::int32_t number) const {
  const auto found =
      std::find_if(commands_.begin(), commands_.end(),
                   [number](const auto& command) { return command->number == number; });
  return found == commands_.end() ? nullptr : *found;
}

bool fake_node::was_cut(time_point when) const {
  return std::any_of(cuts_.begin(), cuts_.end(),
                     [when](const auto& cut) { return cut.first <= when && when < cut.second; });
}

bool fake_node::seen_alive(time_point now, duration detection) const {
  if (!running_) return now < *dead_since_ + detection;
  return !paused() || now < *paused_since_ + detection;
}

std::shared_ptr<fake_command> fake_node::add_command() {
  auto command = std::make_shared<fake_command>();
  command->number = next_number_++;
  command->coordinator = id_;
  command->jvm_start = jvm_start_;
  commands_.push_back(command);
  return command;
}

std::optional<std::pair<fault, loss>> fake_node::take_fault() {
  if (faults_.empty()) return std::nullopt;
  const auto next = faults_.front();
  faults_.pop_front();
  return next;
}

void fake_node::lose_commands() {
  const auto now = world_.clock().now();
  for (const auto& command : commands_) {
    if (command->live()) command->stop(now, command_end::gone);
  }
  world_.settle();
  commands_.clear();
}

}  // namespace helenus::test
