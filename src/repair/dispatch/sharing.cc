// The part of dispatch_loop that agrees with other instances.
#include "base/uuid.h"
#include "repair/dispatch/dispatch_loop.h"

#include <algorithm>
#include <unordered_set>

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
  // Beside one node, whatever else could need the rest needs this node, too.
  const auto rest = context_.mode.reach.node() ? deployment::rest_of_nodes::freed
                                               : deployment::rest_of_nodes::kept;
  auto answer = co_await context_.mode.peers->acquire(wanted, rest);
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
  static_cast<void>(co_await hold_refused(what, std::move(*answer)));
  co_return refused;
}

void dispatch_loop::lose_lease(model::segment_id segment, deployment::lease_loss how) {
  const auto found = flights_.find(segment);
  if (found == flights_.end()) return;
  if (how == deployment::lease_loss::other_work || !found->second->runner ||
      !found->second->runner->row().command) {
    stop_segment(segment, stop_cause::lease_lost);
    return;
  }
  group_.spawn("lost lease", stop_unless_followed(found->second->run->id, segment));
}

/// Whoever has taken up the segment follows the command that the row names. It must not be stopped
/// for that one; another one has begun anew.
task<void> dispatch_loop::stop_unless_followed(model::run_id run, model::segment_id segment) {
  const auto stored = co_await context_.storage.segments().find(run, segment);
  const auto found = flights_.find(segment);
  if (found == flights_.end() || !found->second->runner) co_return result<void>{};
  const auto& row = found->second->runner->row();
  const bool is_followed = stored && stored->start_time == row.start_time && stored->command &&
                           stored->command == row.command;
  stop_segment(segment, is_followed ? stop_cause::taken_over : stop_cause::lease_lost);
  co_return result<void>{};
}

storage::node_lease dispatch_loop::lease_of(model::segment_id segment, const flight& what) {
  // Whole nodes are repaired one after the other, as Reaper does it.
  if (what.facts->unit.is_by_node()) return {what.run->id, segment, {storage::whole_run}};
  return {what.run->id, segment, what.nodes};
}

task<void> dispatch_loop::hold_refused(flight& what, storage::lease_answer answer) {
  const auto run = what.run;
  const auto now = context_.clock.now();
  // Freed in the same moment, or one of our own that is about to end.
  if (answer.in_the_way.empty()) {
    for (const auto& node : what.nodes) dispatcher_.hold(run->id, node, now + 1s);
    co_return result<void>{};
  }
  run->others_worked = true;
  bool whole_run = false;
  unsigned most = 0;
  for (const auto& held : answer.in_the_way) {
    most = std::max(most, ++run->refusals[held.node]);
    whole_run = whole_run || held.node == storage::whole_run;
  }
  const auto until = now + base::backoff_delay(refused_retry, most, base::random_bits());
  if (whole_run) {
    for (const auto& node : what.nodes) dispatcher_.hold(run->id, node, until);
    co_return result<void>{};
  }
  for (const auto& held : answer.in_the_way) dispatcher_.hold(run->id, held.node, until);
  if (!dispatcher_.has_unheld(run->id, now)) co_return result<void>{};
  // One question instead of a refusal for each of them.
  CO_TRY(nodes, co_await context_.mode.peers->held_elsewhere(run->id));
  for (const auto& node : nodes) {
    ++run->refusals[node];
    dispatcher_.hold(run->id, node, until);
  }
  co_return result<void>{};
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

void dispatch_loop::begin_elsewhere_than_others(const std::vector<model::replica>& replicas,
                                                std::vector<model::segment_id>& segments) const {
  if (!context_.mode.reach.node()) return;
  const auto own = std::find_if(replicas.begin(), replicas.end(), [this](const auto& replica) {
    return view_->may_call(replica.address);
  });
  if (own == replicas.end()) return;
  const auto position = static_cast<std::size_t>(own - replicas.begin());
  const auto first = segments.size() * position / replicas.size();
  std::rotate(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(first),
              segments.end());
}

task<bool> dispatch_loop::is_done_elsewhere(std::shared_ptr<active_run> run,
                                            model::segment_id segment) {
  run->others_worked = false;
  bool is_done = false;
  while (true) {
    auto asked = dispatcher_.next_open(run->id, storage::segment_store::most_asked - 1);
    if (!is_done) asked.push_back(segment);
    const auto count = asked.size();
    if (count == 0) break;
    const auto placings = run->placings;
    CO_TRY(found, co_await context_.storage.segments().done_among(run->id, std::move(asked)));
    const std::unordered_set<model::segment_id> done(found.begin(), found.end());
    is_done = is_done || done.contains(segment);
    // What was read meanwhile is newer than this answer.
    if (run->placings != placings || run->landed) break;
    for (const auto& each : dispatcher_.forget(run->id, done)) landed_elsewhere(each, *run);
    if (done.size() < count) break;
  }
  co_return result<bool>(is_done);
}

void dispatch_loop::landed_elsewhere(model::segment_id segment, active_run& run) {
  ++run.counts.done;
  run.unclaimed_since.erase(segment);
  if (context_.mode.reach.is_limited()) run.repaired.push_back(segment);
  if (run.landed) run.landed->insert_or_assign(segment, std::nullopt);
  if (run.facts) context_.metrics.counted(*run.facts, run.counts);
}

void dispatch_loop::place_later(const active_run& run, const model::repair_segment& row) {
  const auto now = context_.clock.now();
  auto why = reason_now(model::waiting_for::replica_busy, others_sentence(row));
  why.node = row.coordinator;
  // A node that is gone takes part in nothing: the run is read again instead.
  if (row.replicas->empty()) return dispatcher_.park(run.id, row.id, std::move(why));
  dispatcher_.add_later(run.id, row.id, addresses_of(row.replicas), now + others_interval, now,
                        std::move(why));
}

}  // namespace helenus::repair
