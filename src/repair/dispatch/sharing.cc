// The part of dispatch_loop that agrees with other instances.
#include "base/uuid.h"
#include "repair/dispatch/dispatch_loop.h"

#include <algorithm>

namespace helenus::repair {
namespace {

using namespace std::chrono_literals;

/// How long a node is left alone that another instance has. Grows with each refusal.
constexpr base::backoff_options refused_retry{2s, 15s, 1.5, 0.3};

}  // namespace

bool dispatch_loop::may_claim(const std::vector<model::replica>& replicas,
                              const model::repair_unit& unit) {
  return std::any_of(replicas.begin(), replicas.end(), [&](const model::replica& replica) {
    if (!unit.datacenters.empty() && !unit.datacenters.contains(replica.datacenter)) return false;
    return view_->may_call(replica.address);
  });
}

task<std::optional<segment_result>> dispatch_loop::lease(model::segment_id segment, flight& what,
                                                         bool is_orphan) {
  if (is_orphan && context_.mode.reach.node()) {
    context_.mode.peers->inherit(lease_of(segment, what));
    co_return std::optional<segment_result>{};
  }
  const auto wanted = lease_of(segment, what);
  auto answer = co_await context_.mode.peers->acquire(wanted);
  std::optional<segment_result> refused;
  if (!answer) {
    context_.gate.failed(answer.error(), context_.clock.now(), context_.clock.wall_now(),
                         base::random_bits());
    refused.emplace();
    refused->cause = release_cause::storage;
    refused->why = answer.error().message();
    co_return refused;
  }
  if (answer->taken) {
    for (const auto& node : wanted.nodes) what.run->refusals.erase(node);
    co_return refused;
  }
  refused.emplace();
  refused->cause = release_cause::held_elsewhere;
  hold_refused(what, *answer);
  co_return refused;
}

storage::node_lease dispatch_loop::lease_of(model::segment_id segment, const flight& what) {
  // Whole nodes are repaired one after the other, as Reaper does it.
  if (what.facts->unit.is_by_node()) return {what.run->id, segment, {storage::whole_run}};
  return {what.run->id, segment, what.nodes};
}

void dispatch_loop::hold_refused(flight& what, const storage::lease_answer& answer) {
  const auto now = context_.clock.now();
  // Freed in the same moment, or one of our own that is about to end.
  if (answer.in_the_way.empty()) {
    for (const auto& node : what.nodes) dispatcher_.hold(what.run->id, node, now + 1s);
  }
  for (const auto& held : answer.in_the_way) {
    const auto wait =
        base::backoff_delay(refused_retry, ++what.run->refusals[held.node], base::random_bits());
    const auto nodes = held.node == storage::whole_run ? what.nodes : std::vector{held.node};
    for (const auto& node : nodes) dispatcher_.hold(what.run->id, node, now + wait);
  }
}

orphan_choice dispatch_loop::judge(active_run& run, const model::repair_segment& row, bool leased) {
  const auto now = context_.clock.now();
  orphan_circumstances seen;
  seen.leased = leased;
  if (row.coordinator) {
    seen.callable = view_->may_call(*row.coordinator);
    seen.down = is_down(*row.coordinator);
    seen.only_ours = seen.callable && context_.mode.reach.node();
  }
  const auto since = run.unclaimed_since.emplace(row.id, now).first;
  if (leased) since->second = now;
  seen.unclaimed = now - since->second;
  const auto choice = judge_orphan(row, seen);
  if (choice != orphan_choice::wait) run.unclaimed_since.erase(row.id);
  return choice;
}

std::optional<orphan_choice> dispatch_loop::judge_found(flight& what,
                                                        const model::repair_segment& row,
                                                        segment_result& result) {
  result.row = row;
  if (context_.mode.peers->is_alone()) {
    // Written by a claim of ours whose answer was lost, or by somebody else: judge it as found.
    result.outcome = segment_outcome::lost;
    result.why = "the stored segment is " + std::string(to_string(row.state));
    return std::nullopt;
  }
  if (row.state == model::segment_state::done) {
    result.cause = release_cause::done_elsewhere;
    return std::nullopt;
  }
  const auto choice = judge(*what.run, row, false);
  if (choice != orphan_choice::wait) return choice;
  result.cause = release_cause::held_elsewhere;
  result.why = others_sentence(row);
  return std::nullopt;
}

std::string dispatch_loop::others_sentence(const model::repair_segment& row) {
  return "it was started on " + row.coordinator.value_or("a node") +
         " by another instance, which repairs it or is to take it up again";
}

void dispatch_loop::landed_elsewhere(model::segment_id segment, active_run& run) {
  ++run.counts.done;
  run.unclaimed_since.erase(segment);
  if (run.landed) run.landed->insert_or_assign(segment, std::nullopt);
  if (run.facts) context_.metrics.counted(*run.facts, run.counts);
}

void dispatch_loop::place_later(const active_run& run, const model::repair_segment& row) {
  const auto now = context_.clock.now();
  auto why = reason_now(model::waiting_for::replica_busy, others_sentence(row));
  why.node = row.coordinator;
  dispatcher_.add_later(run.id, row.id, addresses_of(row.replicas), now + others_interval, now,
                        std::move(why));
}

}  // namespace helenus::repair
