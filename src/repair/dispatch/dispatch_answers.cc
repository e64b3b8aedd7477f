// The part of dispatch_loop that answers people.
#include "repair/dispatch/dispatch_loop.h"

namespace helenus::repair {
namespace {

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::optional<model::waiting_reason> dispatch_loop::reason(model::run_id id) const {
  if (auto storage = context_.gate.reason()) return storage;
  const auto found = runs_.find(id);
  if (found == runs_.end()) return std::nullopt;
  if (found->second->trouble) return found->second->trouble;
  std::optional<model::waiting_reason> doubt;
  for (const auto& entry : flights_) {
    if (entry.second->run->id != id) continue;
    auto why = doubt_of(*entry.second);
    if (!why) return std::nullopt;  // something moves
    if (!doubt) doubt = std::move(why);
  }
  if (doubt) return doubt;
  if (!dispatcher_.has_run(id)) {
    return reason_now(model::waiting_for::turn, "its segments are being placed on the ring");
  }
  auto why = dispatcher_.reason(id, context_.clock.now(), context_.clock.wall_now());
  if (!why && !found->second->elsewhere.empty()) {
    why = why_elsewhere(*found->second);
  }
  return why;
}

model::waiting_reason dispatch_loop::why_elsewhere(const active_run& run) const {
  auto text = std::to_string(run.elsewhere.size()) + " segments are for ";
  const auto& datacenter = context_.mode.reach.datacenter();
  std::set<model::node_address> nodes;
  for (const auto& segment : run.elsewhere) {
    const auto found = run.elsewhere_on.find(segment);
    if (found != run.elsewhere_on.end()) nodes.insert(found->second);
  }
  if (!nodes.empty()) {
    text += "instances that may call " + joined(nodes);
  } else if (!datacenter.empty()) {
    text += "instances that call datacenter " + joined(run.elsewhere_in) + "; this one calls " +
            datacenter;
  } else {
    text += "the instances beside other nodes";
  }
  if (!context_.mode.peers->sees_others()) {
    text += "; no other instance is known: nobody repairs them";
  }
  auto why = reason_now(model::waiting_for::other_instance, std::move(text));
  if (nodes.size() == 1) why.node = *nodes.begin();
  return why;
}

std::optional<model::waiting_reason> dispatch_loop::doubt(model::run_id id) const {
  for (const auto& entry : flights_) {
    if (entry.second->run->id != id) continue;
    if (auto why = doubt_of(*entry.second)) return why;
  }
  return std::nullopt;
}

std::optional<model::waiting_reason> dispatch_loop::doubt_of(const flight& what) const {
  if (!what.runner) return reason_now(model::waiting_for::storage, "its row is being read");
  const auto& runner = *what.runner;
  using enum segment_machine::phase;
  if (runner.phase() != in_doubt && runner.phase() != searching && !runner.spares_others()) {
    return std::nullopt;
  }
  auto why = reason_now(
      runner.spares_others() ? model::waiting_for::other_repair : model::waiting_for::node_answer,
      runner.doubt());
  why.since = runner.phase_since();
  why.node = runner.row().coordinator;
  if (runner.spares_others() && why.node) {
    if (const auto foreign = foreign_.sentence(*why.node); !foreign.empty()) {
      why.detail += ": " + foreign;
    }
  }
  return why;
}

std::vector<run_standing> dispatch_loop::standing() const {
  std::vector<run_standing> all;
  for (const auto& [id, run] : runs_) {
    if (!run->facts) continue;
    const bool stands = run->stands_since && reason(id);
    all.push_back({run->facts.get(), stands ? context_.clock.now() - *run->stands_since
                                            : base::clock::duration::zero()});
  }
  return all;
}

std::unordered_map<model::segment_id, model::waiting_reason> dispatch_loop::reasons(
    model::run_id id) const {
  auto all = dispatcher_.reasons(id, context_.clock.now(), context_.clock.wall_now());
  const auto storage = context_.gate.reason();
  if (storage) {
    for (auto& entry : all) entry.second = *storage;
  }
  for (const auto& [segment, flight] : flights_) {
    if (flight->run->id != id || !flight->runner) continue;
    if (storage && flight->runner->waits_for_storage()) {
      all.emplace(segment, *storage);
    } else if (auto why = doubt_of(*flight)) {
      all.emplace(segment, std::move(*why));
    }
  }
  return all;
}

}  // namespace helenus::repair
