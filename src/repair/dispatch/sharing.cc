// The part of dispatch_loop that agrees with other instances.
#include "base/uuid.h"
#include "repair/dispatch/dispatch_loop.h"

#include <algorithm>

namespace helenus::repair {
namespace {

using namespace std::chrono_literals;

/// How long a node is left alone that another instance has. Grows with each refusal.
constexpr base::backoff_options refused_retry{2s, 15s, 1.5, 0.3};
/// The lease of a segment need not be on the nodes that take part now, if the ring has changed.
constexpr std::chrono::seconds leased_hold{10};
/// So many refusals in a row are not the looks of others, who have a lease for that long, too.
constexpr unsigned refusals_by_looks = 3;

bool is_in_flight(model::segment_state state) {
  return state == model::segment_state::started || state == model::segment_state::running;
}

}  // namespace

bool dispatch_loop::may_claim(const std::vector<model::replica>& replicas,
                              const model::repair_unit& unit) {
  return std::any_of(replicas.begin(), replicas.end(), [&](const model::replica& replica) {
    if (!unit.datacenters.empty() && !unit.datacenters.contains(replica.datacenter)) return false;
    return view_->may_call(replica.address);
  });
}

task<std::optional<segment_result>> dispatch_loop::lease(model::segment_id segment, flight& what,
                                                         std::optional<orphan_choice> orphan) {
  // Where a command may be a Reaper's, its lease is waited for.
  if (orphan && orphan != orphan_choice::find_out && context_.mode.reach.node()) {
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
  static_cast<void>(co_await hold_refused(what, std::move(*answer), orphan.has_value()));
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
  group_.spawn("lost lease", stop_unless_followed(found->second->run, segment));
}

/// Whoever has taken up the segment follows the command that the row names. It must not be stopped
/// for that one; another one has begun anew. A lease of the whole run may be for another segment.
task<void> dispatch_loop::stop_unless_followed(std::shared_ptr<active_run> run,
                                               model::segment_id segment) {
  const auto stored = co_await context_.storage.segments().find(run->id, segment);
  bool may_be_another = false;
  if (run->facts->unit.is_by_node()) {
    const auto others = co_await others_in_flight(run->id, segment);
    may_be_another = !others || !others->empty();
  }
  const auto found = flights_.find(segment);
  if (found == flights_.end() || !found->second->runner) co_return result<void>{};
  const auto& row = found->second->runner->row();
  const bool is_followed = stored && stored->start_time == row.start_time && stored->command &&
                           stored->command == row.command && !may_be_another;
  stop_segment(segment, is_followed ? stop_cause::taken_over : stop_cause::lease_lost);
  co_return result<void>{};
}

storage::node_lease dispatch_loop::lease_of(model::segment_id segment, const flight& what) {
  // Whole nodes are repaired one after the other, as Reaper does it.
  if (what.facts->unit.is_by_node()) return {what.run->id, segment, {storage::whole_run}};
  storage::node_lease lease{what.run->id, segment, what.nodes};
  // Reaper takes leases on the addresses of the plan.
  if (const auto planned = what.run->planned_on.find(segment);
      planned != what.run->planned_on.end()) {
    for (const auto& node : planned->second) {
      if (std::ranges::find(lease.nodes, node) == lease.nodes.end()) lease.nodes.push_back(node);
    }
  }
  return lease;
}

void dispatch_loop::hold_all(const active_run& run, const std::vector<model::node_address>& nodes,
                             base::clock::time_point until) {
  for (const auto& node : nodes) dispatcher_.hold(run.id, node, until);
}

void dispatch_loop::note_others(active_run& run, const std::vector<storage::held_node>& held) {
  for (const auto& each : held) {
    ++run.refusals[each.node];
    const bool is_told = !each.segment.value().is_nil() && each.node != storage::whole_run;
    if (is_told) run.others[each.segment].insert(each.node);
  }
}

task<void> dispatch_loop::hold_refused(flight& what, storage::lease_answer answer, bool is_orphan) {
  const auto run = what.run;
  const auto now = context_.clock.now();
  // Freed in the same moment, or one of our own that is about to end.
  if (answer.in_the_way.empty()) {
    hold_all(*run, what.nodes, now + (is_orphan ? leased_hold : 1s));
    co_return result<void>{};
  }
  run->others_worked = true;
  note_others(*run, answer.in_the_way);
  const bool is_by_node = what.facts->unit.is_by_node();
  if (is_by_node && run->refusals[storage::whole_run] > refusals_by_looks) {
    run->unclaimed_since.clear();  // whoever has the lease works on what is in flight
  }
  bool is_of_nodes = true;  // not of the whole run, nor of an address that is nobody's any more
  unsigned most = 0;
  for (const auto& held : answer.in_the_way) {
    most = std::max(most, run->refusals[held.node]);
    is_of_nodes = is_of_nodes && std::ranges::find(what.nodes, held.node) != what.nodes.end();
  }
  const auto until = now + base::backoff_delay(refused_retry, most, base::random_bits());
  // All nodes of an orphan: its command may run on those, too, that are free.
  if (!is_of_nodes || is_orphan) {
    hold_all(*run, what.nodes, until);
    co_return result<void>{};
  }
  for (const auto& held : answer.in_the_way) dispatcher_.hold(run->id, held.node, until);
  if (!dispatcher_.has_unheld(run->id, now)) co_return result<void>{};
  // One question instead of a refusal for each of them.
  CO_TRY(all, co_await context_.mode.peers->held_elsewhere(run->id));
  note_others(*run, all);
  for (const auto& held : all) dispatcher_.hold(run->id, held.node, until);
  co_return result<void>{};
}

std::vector<model::segment_id> dispatch_loop::met_by(model::segment_id segment,
                                                     const flight& what) {
  const auto nodes = lease_of(segment, what).nodes;
  std::vector<model::segment_id> met;
  for (const auto& [other, theirs] : what.run->others) {
    const auto is_theirs = [&](const auto& node) { return theirs.contains(node); };
    // One question tells of them and of the segment.
    if (met.size() + 1 == storage::segment_store::most_asked) break;
    if (other != segment && std::ranges::any_of(nodes, is_theirs)) met.push_back(other);
  }
  return met;
}

task<bool> dispatch_loop::is_any_deserted(std::shared_ptr<active_run> run,
                                          std::vector<model::segment_id> met) {
  for (const auto& each : met) {
    if (!run->others.contains(each)) continue;  // it is DONE
    const auto row = co_await context_.storage.segments().find(run->id, each);
    if (!row && is_storage_trouble(row.error())) co_return row.error();
    if (row && is_in_flight(row->state)) co_return true;
    run->others.erase(each);
  }
  co_return false;
}

/// The run's other segments that somebody began, and nobody of this instance follows.
task<std::vector<model::repair_segment>> dispatch_loop::others_in_flight(
    model::run_id run, model::segment_id segment) {
  CO_TRY(rows, co_await context_.storage.segments().unfinished(run));
  std::erase_if(rows, [&](const model::repair_segment& row) {
    return row.id == segment || !is_in_flight(row.state) || flights_.contains(row.id);
  });
  co_return std::move(rows);
}

/// Of whole nodes one at a time is repaired. Who gets the run's lease when it has ended may be the
/// first to know that another one is under way: it is taken up here, or its own instance is waited
/// for. What nobody comes back for is in nobody's way.
task<bool> dispatch_loop::is_next_node(model::segment_id segment, flight& what,
                                       segment_result& result) {
  if (!what.facts->unit.is_by_node() || context_.mode.peers->is_alone()) co_return true;
  CO_TRY(others, co_await others_in_flight(what.run->id, segment));
  for (const auto& row : others) {
    const auto choice = judge(*what.run, row, false);
    if (choice == orphan_choice::again) continue;
    result.cause = release_cause::held_elsewhere;
    if (choice == orphan_choice::wait) {
      hold_all(*what.run, what.nodes, context_.clock.now() + others_interval);
      result.why = others_sentence(row);
    } else {
      result.outcome = segment_outcome::lost;
      result.why = "another node of the run is to be taken up first";
    }
    co_return false;
  }
  co_return true;
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
  hold_all(*what.run, what.nodes, context_.clock.now() + others_interval);
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

/// The row of a segment; nothing: others have done it. Where others were at work it is asked in the
/// same step what else they have done, of those that it has `met` and of the next ones.
task<std::optional<model::repair_segment>> dispatch_loop::read_unless_done(
    std::shared_ptr<active_run> run, model::segment_id segment,
    std::vector<model::segment_id> met) {
  auto& segments = context_.storage.segments();
  if (!run->others_worked && met.empty()) {
    CO_TRY(row, co_await segments.find(run->id, segment));
    co_return std::optional(std::move(row));
  }
  run->others_worked = false;
  auto asked = std::move(met);
  const auto room = storage::segment_store::most_asked - 1 - asked.size();
  for (const auto& next : dispatcher_.next_open(run->id, room)) {
    if (std::ranges::find(asked, next) == asked.end()) asked.push_back(next);
  }
  const auto count = asked.size() + 1;
  const auto placings = run->placings;
  CO_TRY(seen, co_await segments.look(run->id, segment, std::move(asked)));
  if (leave_out(*run, placings, seen.done) && seen.done.size() == count) {
    static_cast<void>(co_await look_ahead(std::move(run)));
  }
  co_return std::move(seen.row);
}

/// Asks what others have done of the segments that are next, until one is found that is not done.
task<void> dispatch_loop::look_ahead(std::shared_ptr<active_run> run) {
  run->others_worked = false;
  bool goes_on = true;
  while (goes_on) {
    auto asked = dispatcher_.next_open(run->id, storage::segment_store::most_asked);
    const auto count = asked.size();
    if (count == 0) break;
    const auto placings = run->placings;
    CO_TRY(done, co_await context_.storage.segments().done_among(run->id, std::move(asked)));
    goes_on = leave_out(*run, placings, done) && done.size() == count;
  }
  co_return result<void>{};
}

/// Takes what others have done out of line. False: what was read meanwhile is newer.
bool dispatch_loop::leave_out(active_run& run, std::uint64_t placings,
                              const std::vector<model::segment_id>& done) {
  for (const auto& each : done) run.others.erase(each);
  if (run.placings != placings || run.landed) return false;
  for (const auto& each : dispatcher_.forget(run.id, {done.begin(), done.end()}))
    landed_elsewhere(each, run);
  return true;
}

void dispatch_loop::landed_elsewhere(model::segment_id segment, active_run& run) {
  ++run.counts.done;
  run.unclaimed_since.erase(segment);
  if (context_.mode.reach.is_limited()) run.repaired.push_back(segment);
  if (run.landed) run.landed->insert_or_assign(segment, std::nullopt);
  if (run.facts) context_.metrics.counted(*run.facts, run.counts);
}

void dispatch_loop::place_later(active_run& run, const model::repair_segment& row, bool leased) {
  const auto now = context_.clock.now();
  auto why = reason_now(model::waiting_for::replica_busy, others_sentence(row));
  why.node = row.coordinator;
  // A node that is gone takes part in nothing: the run is read again instead.
  if (row.replicas->empty()) return dispatcher_.park(run.id, row.id, std::move(why));
  const auto nodes = addresses_of(row.replicas);
  hold_all(run, nodes, now + (leased ? leased_hold : others_interval));
  dispatcher_.add_later(run.id, row.id, nodes, now + others_interval, now, std::move(why));
}

}  // namespace helenus::repair
