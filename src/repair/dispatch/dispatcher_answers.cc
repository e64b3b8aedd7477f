// The part of the dispatcher that answers people.
#include "repair/dispatch/dispatcher.h"

#include <algorithm>
#include <set>

namespace helenus::repair {
namespace {

model::wall_time wall_at(time_point when, time_point now, model::wall_time wall) {
  return wall + std::chrono::duration_cast<std::chrono::milliseconds>(when - now);
}

}  // namespace

run_activity dispatcher::activity(model::run_id run, time_point now) const {
  run_activity seen;
  const auto found = run_index_.find(run);
  if (found == run_index_.end()) return seen;
  seen.in_flight = found->second.in_flight;
  for (const auto index : found->second.groups) {
    const auto& group = groups_[index];
    seen.open += group.size();
    if (group.size() == 0) continue;
    // A busy or resting replica becomes free by itself; a closed gate may stay closed.
    const bool gates_open = std::all_of(group.nodes.begin(), group.nodes.end(),
                                        [&](node_index node) { return nodes_[node].gate.open; });
    seen.can_start = seen.can_start || gates_open;
  }
  seen.delayed = static_cast<std::size_t>(
      std::count_if(delayed_.begin(), delayed_.end(),
                    [&](const auto& entry) { return entry.second.run == run; }));
  if (const auto parked = parked_.find(run); parked != parked_.end()) {
    seen.delayed += parked->second.size();
  }
  static_cast<void>(now);
  return seen;
}

time_point dispatcher::last_active(model::run_id run, time_point now) const {
  const auto found = run_index_.find(run);
  if (found == run_index_.end()) return now;
  return found->second.in_flight > 0 ? now : found->second.last_active;
}

model::waiting_reason dispatcher::reason_of(const group& group, time_point now,
                                            model::wall_time wall) const {
  using model::waiting_for;
  const auto& run = run_index_.at(group.run);
  model::waiting_reason why;
  why.since = wall_at(run.waits_since, now, wall);
  if (!run.admitted) {
    why.what = waiting_for::run_limit;
    why.detail = "older runs of the cluster come first";
    return why;
  }
  for (const auto index : group.nodes) {
    const auto& node = nodes_[index];
    if (node.gate.open) continue;
    why.what = node.gate.what;
    why.node = node.address;
    why.detail = node.gate.detail;
    why.since = wall_at(node.gate_since, now, wall);
    why.next_check = wall_at(std::max(node.gate.next_look, now), now, wall);
    return why;
  }
  for (const auto index : group.nodes) {
    const auto& node = nodes_[index];
    if (node.commands < max_commands_) continue;
    why.what = waiting_for::replica_busy;
    why.node = node.address;
    why.detail = "it takes part in the repair of another segment";
    why.since = wall_at(node.busy_since, now, wall);
    return why;
  }
  for (const auto index : group.nodes) {
    const auto rest = run.resting.find(index);
    if (rest == run.resting.end() || rest->second.until <= now) continue;
    why.what = rest->second.held_elsewhere ? waiting_for::replica_busy : waiting_for::pacing;
    why.node = nodes_[index].address;
    why.detail = rest->second.held_elsewhere
                     ? "another instance lets it take part in the repair of another segment"
                     : "it rests after its last segment";
    why.since = wall_at(run.last_active, now, wall);
    why.next_check = wall_at(rest->second.until, now, wall);
    return why;
  }
  why.what = waiting_for::turn;
  why.detail = "other segments come first";
  return why;
}

std::optional<model::waiting_reason> dispatcher::reason(model::run_id run, time_point now,
                                                        model::wall_time wall) const {
  const auto found = run_index_.find(run);
  if (found == run_index_.end()) return std::nullopt;
  // What will pass by itself is said last.
  std::optional<model::waiting_reason> best;
  for (const auto index : found->second.groups) {
    if (groups_[index].size() == 0) continue;
    auto next = reason_of(groups_[index], now, wall);
    if (!best || next.what > best->what) best = std::move(next);
  }
  if (best) return best;
  for (const auto& [when, waiting] : delayed_) {
    if (waiting.run != run) continue;
    auto why = waiting.why;
    why.next_check = wall_at(when, now, wall);
    return why;
  }
  if (const auto parked = parked_.find(run); parked != parked_.end()) {
    return parked->second.begin()->second;
  }
  return std::nullopt;
}

std::unordered_map<model::segment_id, model::waiting_reason> dispatcher::reasons(
    model::run_id run, time_point now, model::wall_time wall) const {
  std::unordered_map<model::segment_id, model::waiting_reason> all;
  const auto found = run_index_.find(run);
  if (found == run_index_.end()) return all;
  for (const auto index : found->second.groups) {
    const auto& group = groups_[index];
    if (group.size() == 0) continue;
    const auto why = reason_of(group, now, wall);
    for (auto at = group.first; at < group.open.size(); ++at) all.emplace(group.open[at], why);
  }
  for (const auto& [when, waiting] : delayed_) {
    if (waiting.run != run) continue;
    auto why = waiting.why;
    why.next_check = wall_at(when, now, wall);
    all.emplace(waiting.segment, std::move(why));
  }
  if (const auto parked = parked_.find(run); parked != parked_.end()) {
    all.insert(parked->second.begin(), parked->second.end());
  }
  return all;
}

std::vector<model::node_address> dispatcher::nodes_with_work() const {
  std::set<node_index> waiting;
  for (const auto& entry : delayed_) {
    const auto& members = groups_[entry.second.in].nodes;
    waiting.insert(members.begin(), members.end());
  }
  std::vector<model::node_address> found;
  for (node_index index = 0; index < nodes_.size(); ++index) {
    if (nodes_[index].work > 0 || waiting.contains(index)) found.push_back(nodes_[index].address);
  }
  return found;
}

int dispatcher::busy(const model::node_address& node) const {
  const auto found = node_index_.find(node);
  return found == node_index_.end() ? 0 : nodes_[found->second].commands;
}

}  // namespace helenus::repair
