// How the commands of a fake cluster begin, collide and end.

#include "support/fake_cluster.h"

#include <algorithm>

namespace helenus::test {

void fake_cluster::settle() {
  const auto now = clock_.now();
  bool any_ended = false;
  for (const auto& command : live_) {
    if (command->live()) {
      if (find(command->coordinator)->paused()) continue;  // it stands still
      if (command->doomed && command->doomed->when <= now &&
          command->doomed->when < command->ends) {
        command->fail_now(command->doomed->when, command->doomed->reason);
      } else if (command->ends <= now) {
        command->outcome = command->planned;
      }
    }
    if (command->live()) continue;
    any_ended = true;
    finish(*command, command->ends);
  }
  if (any_ended) std::erase_if(live_, [](const auto& command) { return !command->live(); });
}

void fake_cluster::finish(fake_command& command, time_point when) {
  if (command.foreign) return;
  ++ended_[command.outcome];
  for (const auto& id : command.participants) work_[id].emplace_back(command.started, when);
  if (command.outcome != command_end::succeeded) return;
  ledger_.add(command.request.keyspace, command.request.tables, command.request.ranges);
}

std::optional<std::pair<fault, loss>> fake_cluster::choose_fault(fake_node& node) {
  if (auto injected = node.take_fault()) return injected;
  for (const auto& [what, rate] : options_.fault_rates) {
    const auto drawn = static_cast<double>(random_() >> 11) / 9007199254740992.0;  // [0, 1)
    if (drawn < rate) return std::pair(what, options_.random_losses);
  }
  return std::nullopt;
}

std::shared_ptr<fake_command> fake_cluster::begin(fake_node& coordinator,
                                                  management::repair_request request,
                                                  std::optional<std::pair<fault, loss>> suffers) {
  auto command = coordinator.add_command();
  command->request = std::move(request);
  command->started = clock_.now();
  const auto reason = wrong_with(coordinator, *command);
  const auto length = options_.repair_time(command->request, random_());
  if (!reason.empty()) {
    plan_command(*command, length, options_.start_delay, fault::fail_without_start,
                 loss::announced);
    command->timeline.front().event = model::command_failed{"remote: " + reason};
  } else {
    const auto kind = suffers ? std::optional(suffers->first) : std::nullopt;
    plan_command(*command, length, options_.start_delay, kind,
                 suffers ? suffers->second : loss::announced);
    check_overlap(*command);
  }
  live_.push_back(command);
  return command;
}

std::string fake_cluster::wrong_with(const fake_node& coordinator, fake_command& command) {
  const auto& request = command.request;
  const auto& ring = *placed(request.keyspace);
  const auto& known = find_keyspace(request.keyspace)->tables;
  for (const auto& table : request.tables) {
    const auto same = [&table](const auto& one) { return one.first == table; };
    if (std::none_of(known.begin(), known.end(), same)) {
      return "Unknown keyspace/cf pair (" + request.keyspace + "." + table + ")";
    }
  }
  const auto& chosen = request.datacenters;
  const auto in_datacenter = [&chosen](const model::replica& replica) {
    return chosen.empty() ||
           std::find(chosen.begin(), chosen.end(), replica.datacenter) != chosen.end();
  };
  for (const auto& range : request.ranges) {
    const auto* home = model::find_enclosing(ring, range);
    const auto local = [&coordinator](const model::replica& replica) {
      return replica.address == coordinator.address();
    };
    if (!home || std::none_of(home->replicas->begin(), home->replicas->end(), local)) {
      return "Requested range " + range.to_string() + " is not fully contained in a local range";
    }
    for (const auto& replica : *home->replicas) {
      if (in_datacenter(replica)) command.participants.insert(find(replica.address)->id());
    }
  }
  if (!command.participants.contains(coordinator.id())) {
    return "the local data center must be part of the repair";
  }
  for (const auto& id : command.participants) {
    const auto* node = find(id);
    if (!node->running() || !node->seen_alive(clock_.now(), options_.detection)) {
      return "Cannot proceed on repair because a neighbor (" + node->address() + ") is dead";
    }
  }
  return {};
}

void fake_cluster::check_overlap(const fake_command& command) {
  for (const auto& id : command.participants) {
    int others = 0;
    for (const auto& other : live_) {
      if (other->live() && !other->foreign && other->participants.contains(id)) ++others;
    }
    if (others < options_.commands_per_node) continue;
    violations_.push_back("command " + std::to_string(command.number) + " of " +
                          shown(command.coordinator).address + " began while " +
                          std::to_string(others) + " of ours ran on " + shown(id).address);
  }
}

void fake_cluster::doom_others(const model::host_id& id, const std::string& reason) {
  for (const auto& command : live_) {
    if (command->coordinator == id || !command->participants.contains(id)) continue;
    if (!command->live() || command->doomed) continue;
    command->doomed = {clock_.now() + options_.detection, id, "Endpoint " + reason};
  }
}

void fake_cluster::pardon_others(const model::host_id& id) {
  for (const auto& command : live_) {
    if (command->doomed && command->doomed->culprit == id) command->doomed.reset();
  }
}

}  // namespace helenus::test
