#include "repair/dispatch/dispatcher.h"

#include "base/assert.h"
#include "repair/dispatch/packing.h"
#include "repair/segment/pacing.h"

#include <algorithm>
#include <tuple>

namespace helenus::repair {

void dispatcher::add_run(model::run_id run, double intensity, time_point now) {
  auto& record = run_index_[run];
  record.intensity = intensity;
  record.last_active = now;
  record.waits_since = now;
  // Segments of an earlier stay, before a pause, may still be in flight.
  record.in_flight = static_cast<std::size_t>(
      std::count_if(flights_.begin(), flights_.end(),
                    [&](const auto& entry) { return entry.second.run == run; }));
}

void dispatcher::remove_run(model::run_id run) {
  const auto found = run_index_.find(run);
  if (found == run_index_.end()) return;
  for (const auto index : found->second.groups) {
    auto& gone = groups_[index];
    for (const auto node : gone.nodes) {
      nodes_[node].work -= static_cast<std::int64_t>(gone.size());
      std::erase(nodes_[node].groups, index);
    }
    group_index_.erase({run, gone.nodes});
    gone = {};
    free_groups_.push_back(index);
  }
  for (auto at = delayed_.begin(); at != delayed_.end();) {
    at = at->second.run == run ? delayed_.erase(at) : std::next(at);
  }
  parked_.erase(run);
  run_index_.erase(found);
}

void dispatcher::set_admitted(model::run_id run, bool admitted, time_point now) {
  const auto found = run_index_.find(run);
  if (found == run_index_.end() || found->second.admitted == admitted) return;
  found->second.admitted = admitted;
  found->second.waits_since = now;
  if (admitted) mark_run(found->second);
}

void dispatcher::set_intensity(model::run_id run, double intensity) {
  const auto found = run_index_.find(run);
  if (found == run_index_.end()) return;
  found->second.intensity = intensity;
}

void dispatcher::add(model::run_id run, std::vector<model::segment_id> segments,
                     const std::vector<model::node_address>& nodes) {
  HELENUS_ASSERT(run_index_.contains(run));
  auto& into = groups_[group_of(run, nodes)];
  into.open.insert(into.open.end(), segments.begin(), segments.end());
  for (const auto node : into.nodes) {
    nodes_[node].work += static_cast<std::int64_t>(segments.size());
    mark(node);
  }
}

void dispatcher::add_later(model::run_id run, model::segment_id segment,
                           const std::vector<model::node_address>& nodes, time_point when,
                           time_point now, model::waiting_reason why) {
  if (when <= now) return add(run, segment, nodes);
  HELENUS_ASSERT(run_index_.contains(run));
  delayed_.emplace(when, delayed_segment{run, group_of(run, nodes), segment, std::move(why)});
}

void dispatcher::park(model::run_id run, model::segment_id segment, model::waiting_reason why) {
  HELENUS_ASSERT(run_index_.contains(run));
  parked_[run].insert_or_assign(segment, std::move(why));
}

void dispatcher::adopt(model::run_id run, model::segment_id segment,
                       const std::vector<model::node_address>& nodes, time_point now) {
  flight taken{run, {}, now};
  for (const auto& address : nodes) taken.nodes.push_back(node_of(address));
  for (const auto node : taken.nodes) {
    if (nodes_[node].commands++ == 0) nodes_[node].busy_since = now;
    ++nodes_[node].work;
  }
  if (const auto found = run_index_.find(run); found != run_index_.end()) {
    ++found->second.in_flight;
  }
  const bool fresh = flights_.emplace(segment, std::move(taken)).second;
  HELENUS_ASSERT(fresh);
}

void dispatcher::ended(model::segment_id segment, base::clock::duration worked, time_point now) {
  const auto found = flights_.find(segment);
  if (found == flights_.end()) return;
  const auto run = run_index_.find(found->second.run);
  base::clock::duration rest{};
  if (run != run_index_.end()) {
    rest = rest_after(worked, run->second.intensity);
    --run->second.in_flight;
    run->second.last_active = now;
  }
  for (const auto node : found->second.nodes) {
    --nodes_[node].commands;
    --nodes_[node].work;
    mark(node);
    if (rest > base::clock::duration::zero()) {
      run->second.resting[node] = {now + rest, false};
      rests_.emplace(now + rest, node);
    }
  }
  flights_.erase(found);
}

void dispatcher::hand_over(model::segment_id segment) {
  const auto found = flights_.find(segment);
  if (found != flights_.end()) handed_over_.insert_or_assign(segment, found->second);
}

/// Whether a segment that has handed its nodes over had all nodes of the group.
bool dispatcher::is_leased(const group& group) const {
  return std::ranges::any_of(handed_over_, [&](const auto& entry) {
    const auto& former = entry.second;
    return former.run == group.run && std::ranges::all_of(group.nodes, [&](node_index node) {
             return std::ranges::find(former.nodes, node) != former.nodes.end();
           });
  });
}

void dispatcher::hold(model::run_id run, const model::node_address& node, time_point until) {
  const auto found = run_index_.find(run);
  if (found == run_index_.end()) return;
  const auto index = node_of(node);
  auto& rests = found->second.resting[index];
  if (rests.until >= until) return;
  rests = {until, true};
  rests_.emplace(until, index);
}

bool dispatcher::has_unheld(model::run_id run, time_point now) const {
  const auto found = run_index_.find(run);
  if (found == run_index_.end()) return false;
  const auto& record = found->second;
  return std::any_of(record.groups.begin(), record.groups.end(), [&](group_index index) {
    const auto& group = groups_[index];
    return group.size() > 0 &&
           std::none_of(group.nodes.begin(), group.nodes.end(),
                        [&](node_index node) { return rests(record, node, now); });
  });
}

std::vector<model::segment_id> dispatcher::next_open(model::run_id run, std::size_t limit) const {
  std::vector<model::segment_id> next;
  const auto found = run_index_.find(run);
  if (found == run_index_.end()) return next;
  bool any = true;
  for (std::size_t place = 0; any; ++place) {
    any = false;
    for (const auto index : found->second.groups) {
      const auto& group = groups_[index];
      if (group.size() <= place) continue;
      if (next.size() == limit) return next;
      next.push_back(group.open[group.first + place]);
      any = true;
    }
  }
  return next;
}

std::vector<model::segment_id> dispatcher::forget(
    model::run_id run, const std::unordered_set<model::segment_id>& segments) {
  std::vector<model::segment_id> forgotten;
  const auto found = run_index_.find(run);
  if (found == run_index_.end()) return forgotten;
  for (const auto index : found->second.groups) {
    auto& group = groups_[index];
    const auto before = group.size();
    auto kept = group.open.begin() + static_cast<std::ptrdiff_t>(group.first);
    for (auto at = kept; at != group.open.end(); ++at) {
      if (segments.contains(*at)) {
        forgotten.push_back(*at);
      } else {
        *kept++ = *at;
      }
    }
    group.open.erase(kept, group.open.end());
    for (const auto node : group.nodes) {
      nodes_[node].work -= static_cast<std::int64_t>(before - group.size());
    }
  }
  return forgotten;
}

void dispatcher::set_gate(const model::node_address& node, node_gate gate, time_point now) {
  const auto index = node_of(node);
  auto& state = nodes_[index];
  if (gate.open != state.gate.open || gate.what != state.gate.what) state.gate_since = now;
  if (gate.open && !state.gate.open) mark(index);
  state.gate = std::move(gate);
}

void dispatcher::rename(const std::map<model::node_address, model::node_address>& moved) {
  std::vector<std::pair<node_index, model::node_address>> renamed;
  for (const auto& [from, to] : moved) {
    const auto found = node_index_.find(from);
    if (found == node_index_.end()) continue;
    renamed.emplace_back(found->second, to);
    node_index_.erase(found);
  }
  // All old names are gone before the first new one is given: two nodes may have swapped theirs.
  for (auto& [index, to] : renamed) {
    nodes_[index].address = to;
    node_index_.insert_or_assign(std::move(to), index);
  }
}

std::vector<segment_start> dispatcher::decide(time_point now, std::size_t limit) {
  wake_due(now);
  std::vector<segment_start> starts;
  if (limit == 0) return starts;
  auto wanted = candidates(now);
  if (max_commands_ == 1 && limit >= wanted.size()) pack(wanted);
  for (const auto& chosen : wanted) {
    auto& from = groups_[chosen.index];
    while (starts.size() < limit && startable(from, now)) starts.push_back(take(from, now));
    if (starts.size() == limit) return starts;
  }
  // Whatever is left can not start before one of its nodes changes.
  for (const auto node : dirty_) nodes_[node].dirty = false;
  dirty_.clear();
  return starts;
}

std::vector<dispatcher::candidate> dispatcher::candidates(time_point now) {
  ++decision_;
  std::vector<candidate> found;
  for (const auto node : dirty_) {
    if (!usable(nodes_[node])) continue;
    for (const auto index : nodes_[node].groups) {
      auto& group = groups_[index];
      if (group.seen == decision_) continue;
      group.seen = decision_;
      if (!startable(group, now)) continue;
      candidate next{is_leased(group), 0, 0, index};
      for (const auto member : group.nodes) {
        next.most = std::max(next.most, nodes_[member].work);
        next.sum += nodes_[member].work;
      }
      found.push_back(next);
    }
  }
  std::sort(found.begin(), found.end(), [](const candidate& left, const candidate& right) {
    return std::tuple(!left.leased, -left.most, -left.sum, left.index) <
           std::tuple(!right.leased, -right.most, -right.sum, right.index);
  });
  return found;
}

void dispatcher::pack(std::vector<candidate>& wanted) const {
  if (wanted.size() < 3) return;  // one can not make room for two
  // There are leased ones beside one node only, which every group has: one of all starts.
  if (wanted.front().leased) return;
  std::vector<packing_item> items;
  items.reserve(wanted.size());
  for (const auto& each : wanted) items.push_back({groups_[each.index].nodes});
  std::vector<std::int64_t> work;
  work.reserve(nodes_.size());
  for (const auto& node : nodes_) work.push_back(node.work);
  const auto chosen = choose_disjoint(items, work);
  std::vector<candidate> kept;
  kept.reserve(chosen.size());
  for (const auto index : chosen) kept.push_back(wanted[index]);
  wanted = std::move(kept);
}

segment_start dispatcher::take(group& from, time_point now) {
  segment_start start{from.run, from.open[from.first++], {}};
  auto& run = run_index_.at(from.run);
  ++run.in_flight;
  run.last_active = now;
  for (const auto node : from.nodes) {
    start.nodes.push_back(nodes_[node].address);
    if (nodes_[node].commands++ == 0) nodes_[node].busy_since = now;
  }
  flights_.emplace(start.segment, flight{from.run, from.nodes, now});
  compact(from);
  return start;
}

void dispatcher::compact(group& from) {
  if (from.first < 32 || from.first * 2 < from.open.size()) return;
  from.open.erase(from.open.begin(), from.open.begin() + static_cast<std::ptrdiff_t>(from.first));
  from.first = 0;
}

std::optional<time_point> dispatcher::next_wake() const {
  std::optional<time_point> wake;
  if (!delayed_.empty()) wake = delayed_.begin()->first;
  if (!rests_.empty()) wake = std::min(wake.value_or(rests_.begin()->first), rests_.begin()->first);
  return wake;
}

void dispatcher::wake_due(time_point now) {
  while (!rests_.empty() && rests_.begin()->first <= now) {
    mark(rests_.begin()->second);
    rests_.erase(rests_.begin());
  }
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    const auto& due = delayed_.begin()->second;
    auto& into = groups_[due.in];
    into.open.push_back(due.segment);
    for (const auto node : into.nodes) {
      ++nodes_[node].work;
      mark(node);
    }
    delayed_.erase(delayed_.begin());
  }
}

bool dispatcher::usable(const node_state& node) const {
  return node.gate.open && node.commands < max_commands_;
}

bool dispatcher::startable(const group& group, time_point now) const {
  if (group.size() == 0) return false;
  const auto& run = run_index_.at(group.run);
  if (!run.admitted) return false;
  return std::all_of(group.nodes.begin(), group.nodes.end(), [&](node_index node) {
    return usable(nodes_[node]) && !rests(run, node, now);
  });
}

bool dispatcher::rests(const run_record& run, node_index node, time_point now) {
  const auto rest = run.resting.find(node);
  return rest != run.resting.end() && rest->second.until > now;
}

dispatcher::node_index dispatcher::node_of(const model::node_address& address) {
  const auto found = node_index_.find(address);
  if (found != node_index_.end()) return found->second;
  const auto index = static_cast<node_index>(nodes_.size());
  nodes_.push_back({});
  nodes_.back().address = address;
  node_index_.emplace(address, index);
  return index;
}

dispatcher::group_index dispatcher::group_of(model::run_id run,
                                             const std::vector<model::node_address>& nodes) {
  HELENUS_ASSERT(!nodes.empty());
  std::vector<node_index> members;
  members.reserve(nodes.size());
  for (const auto& address : nodes) members.push_back(node_of(address));
  const auto key = std::pair(run, members);
  if (const auto found = group_index_.find(key); found != group_index_.end()) return found->second;
  group_index index = 0;
  if (free_groups_.empty()) {
    index = static_cast<group_index>(groups_.size());
    groups_.emplace_back();
  } else {
    index = free_groups_.back();
    free_groups_.pop_back();
  }
  groups_[index].run = run;
  groups_[index].nodes = members;
  for (const auto node : members) nodes_[node].groups.push_back(index);
  run_index_.at(run).groups.push_back(index);
  group_index_.emplace(key, index);
  return index;
}

void dispatcher::mark(node_index node) {
  if (nodes_[node].dirty) return;
  nodes_[node].dirty = true;
  dirty_.push_back(node);
}

void dispatcher::mark_run(const run_record& run) {
  for (const auto index : run.groups) {
    for (const auto node : groups_[index].nodes) mark(node);
  }
}

}  // namespace helenus::repair
