// The part of dispatch_loop that starts segments and takes them back.
#include "base/assert.h"
#include "base/log.h"
#include "repair/dispatch/dispatch_loop.h"
#include "repair/errc.h"
#include "repair/plan/coordinator_choice.h"
#include "repair/plan/node_share.h"

#include <algorithm>

namespace helenus::repair {
namespace {

/// After a failure another coordinator is preferred for this long.
constexpr std::chrono::minutes avoid_failed{1};

/// What is in flight already is stopped by who follows it, unless others may do so by now.
bool ends_unbegun(const std::optional<stop_cause>& stop,
                  const std::optional<orphan_choice>& orphan) {
  return stop && (!orphan || *stop == stop_cause::lease_lost);
}

}  // namespace

void dispatch_loop::launch(const segment_start& start) {
  const auto run = runs_.find(start.run);
  HELENUS_ASSERT(run != runs_.end());  // what is not worked on has no open segments
  auto made = std::make_unique<flight>();
  made->run = run->second;
  made->facts = run->second->facts;
  made->nodes = start.nodes;
  made->placed_on = run->second->placed_on;
  made->launched = context_.clock.now();
  const bool fresh = flights_.emplace(start.segment, std::move(made)).second;
  HELENUS_ASSERT(fresh);
  group_.spawn("segment " + start.segment.value().to_string(),
               fly(start.segment, std::nullopt, std::nullopt));
}

void dispatch_loop::adopt(const std::shared_ptr<active_run>& run, model::repair_segment row,
                          orphan_choice choice) {
  auto made = std::make_unique<flight>();
  made->run = run;
  made->facts = run->facts;
  made->placed_on = run->placed_on;
  made->nodes = addresses_of(row.replicas);
  dispatcher_.adopt(run->id, row.id, made->nodes, context_.clock.now());
  const auto id = row.id;
  const bool fresh = flights_.emplace(id, std::move(made)).second;
  HELENUS_ASSERT(fresh);
  group_.spawn("orphan " + id.value().to_string(), fly(id, choice, std::move(row)));
}

task<void> dispatch_loop::fly(model::segment_id segment, std::optional<orphan_choice> orphan,
                              std::optional<model::repair_segment> row) {
  auto& what = *flights_.at(segment);
  CO_TRY(result, co_await attempt(segment, what, orphan, std::move(row)));
  if (result.outcome == segment_outcome::lost) {
    // Its nodes may still be busy: nothing of the run begins until it is read what has become of
    // it.
    dispatcher_.remove_run(what.run->id);
    if (!what.command_ended) command_ended(segment, {});
  }
  dispatcher_.released(segment);
  // Before it is in line again: the next attempt takes a lease of its own. A command that goes on
  // needs its nodes until somebody follows it.
  if (result.outcome != segment_outcome::left) {
    static_cast<void>(co_await context_.mode.peers->release(segment));
  }
  landed(segment, what, result);
  co_return helenus::result<void>{};
}

task<segment_result> dispatch_loop::attempt(model::segment_id segment, flight& what,
                                            std::optional<orphan_choice> orphan,
                                            std::optional<model::repair_segment> row) {
  CO_TRY(refused, co_await lease(segment, what, orphan));
  segment_result result = refused.value_or(segment_result{});
  if (!refused && !row) {
    auto found = co_await row_to_repair(segment, what, orphan, result);
    if (found) {
      row = std::move(*found);
    } else {
      was_not_read(found.error(), result);
    }
  }
  if (row && !refused && !ends_unbegun(what.stop, orphan)) {
    co_return co_await repair_row(what, orphan, std::move(*row));
  }
  if (what.stop && result.cause == release_cause::none) result.cause = release_cause::stopped;
  result.row.id = segment;
  result.row.run = what.run->id;
  command_ended(segment, {});
  co_return result;
}

task<std::optional<model::repair_segment>> dispatch_loop::row_to_repair(
    model::segment_id segment, flight& what, std::optional<orphan_choice>& orphan,
    segment_result& result) {
  CO_TRY(is_next, co_await is_next_node(segment, what, result));
  if (!is_next) co_return std::nullopt;
  auto met = met_by(segment, what);
  CO_TRY(row, co_await read_unless_done(what.run, segment, met));
  if (!row) {
    result.cause = release_cause::done_elsewhere;
    co_return std::nullopt;
  }
  CO_TRY(deserted, co_await is_any_deserted(what.run, std::move(met)));
  if (deserted) {
    result.outcome = segment_outcome::lost;
    result.cause = release_cause::held_elsewhere;
    result.why = "another segment on its nodes is to be taken up first";
    co_return std::nullopt;
  }
  if (row->state == model::segment_state::not_started) co_return std::move(row);
  orphan = judge_found(what, *row, result);
  if (result.cause == release_cause::done_elsewhere) {
    static_cast<void>(co_await look_ahead(what.run));
  }
  if (!orphan) co_return std::nullopt;
  co_return std::move(row);
}

void dispatch_loop::was_not_read(const error& why, segment_result& result) {
  result.why = why.message();
  if (!is_storage_trouble(why)) {
    result.outcome = segment_outcome::lost;
    return;
  }
  result.cause = release_cause::storage;
  context_.gate.failed(why, context_.clock.now(), context_.clock.wall_now(), base::random_bits());
}

task<segment_result> dispatch_loop::repair_row(flight& what, std::optional<orphan_choice> orphan,
                                               model::repair_segment row) {
  segment_job job;
  job.run = what.facts;
  job.orphan = orphan;
  std::optional<model::waiting_reason> waits;
  if (!orphan) job.coordinators = coordinators(what, row, waits);
  if (!orphan && row.node && !waits) {
    auto ranges = co_await ranges_of_node(what, row);
    if (ranges) {
      job.node_ranges = std::move(*ranges);
    } else {
      waits = reason_now(model::waiting_for::topology_change, ranges.error().message());
    }
  }
  const bool is_stopped = ends_unbegun(what.stop, orphan);
  if (waits || is_stopped) {
    segment_result result;
    result.cause = is_stopped ? release_cause::stopped : release_cause::coordinators_unreachable;
    if (waits) result.why = waits->detail;
    result.row = std::move(row);
    command_ended(result.row.id, {});
    co_return result;
  }
  job.row = std::move(row);
  what.runner = std::make_unique<segment_runner>(context_.executor, context_.clock,
                                                 context_.storage.segments(), context_.gate, *this,
                                                 context_.options, std::move(job));
  if (what.stop) what.runner->stop(*what.stop);
  co_return co_await what.runner->run();
}

task<std::vector<model::token_range>> dispatch_loop::ranges_of_node(const flight& what,
                                                                    model::repair_segment row) {
  const auto& unit = what.facts->unit;
  CO_TRY(ring, co_await view_->keyspace(unit.keyspace, context_.options.ring_check));
  CO_TRY(share, share_of(address_of(row.node->id), *ring, unit));
  if (!std::ranges::is_permutation(addresses_of(share.participants), what.nodes)) {
    co_return error{errc::ring_inconsistent, "the ring has changed since the node was chosen"};
  }
  co_return std::move(share.ranges);
}

void dispatch_loop::index_nodes() {
  const auto ring = view_ ? view_->last_ring() : nullptr;
  if (!ring || ring == indexed_) return;
  indexed_ = ring;
  nodes_.clear();
  for (const auto& node : ring->nodes) nodes_.emplace(node.address, &node);
  std::erase_if(asked_, [&](const auto& entry) { return !nodes_.contains(entry.first); });
  foreign_.keep([&](const auto& address) { return nodes_.contains(address); });
}

std::vector<model::node_address> dispatch_loop::coordinators(
    const flight& what, const model::repair_segment& row,
    std::optional<model::waiting_reason>& waits) {
  index_nodes();
  coordinator_question question;
  auto replicas = std::make_shared<std::vector<model::replica>>();
  std::map<model::node_address, coordinator_view> views;
  // A whole node coordinates its own repair.
  const auto candidates = row.node ? std::vector{address_of(row.node->id)} : what.nodes;
  for (const auto& address : candidates) {
    const auto found = nodes_.find(address);
    coordinator_view seen;
    if (found != nodes_.end()) {
      seen.alive = found->second->alive;
      seen.mode = found->second->mode;
      seen.may_call = context_.mode.reach.may_call(*found->second);
      replicas->push_back({address, found->second->datacenter});
    } else {
      seen.alive = !indexed_;
      replicas->push_back({address, {}});
    }
    seen.commands = static_cast<int>(commands_on(address).size());
    if (const auto known = asked_.find(address); known != asked_.end()) {
      seen.last_asked = known->second.last_asked;
      seen.failed_lately = context_.clock.now() < known->second.avoid_until;
    }
    views.emplace(address, seen);
  }
  question.replicas = std::move(replicas);
  question.datacenters = what.facts->unit.datacenters;
  question.preferred_datacenter = context_.mode.reach.datacenter();
  question.spread = std::hash<model::segment_id>{}(row.id) + static_cast<unsigned>(row.fail_count);
  question.now = context_.clock.wall_now();
  auto order = choose_coordinators(question, views);
  waits = std::move(order.waits_for);
  if (!order.candidates.empty()) asked_[order.candidates.front()].last_asked = ++questions_;
  return std::move(order.candidates);
}

void dispatch_loop::landed(model::segment_id segment, flight& what, const segment_result& result) {
  const auto owned = std::move(flights_.at(segment));
  HELENUS_ASSERT(owned.get() == &what);
  flights_.erase(segment);
  wake_.set();
  const auto current = runs_.find(what.run->id);
  auto& run = current == runs_.end() ? *what.run : *current->second;
  run.changed.set();
  if (result.cause != release_cause::held_elsewhere) run.others.erase(segment);
  const bool ended =
      result.outcome != segment_outcome::left && result.outcome != segment_outcome::lost;
  if (ended && what.launched && what.worked > base::clock::duration::zero()) {
    context_.metrics.segment_tried(*what.facts, result.coordinator, what.worked,
                                   context_.clock.now() - *what.launched);
  }
  switch (result.outcome) {
    case segment_outcome::done:
      // A quick segment was over before the row that says RUNNING could be stored.
      if (!what.told) tell_started(what, segment, result.row.coordinator);
      ++run.counts.done;
      if (context_.mode.reach.is_limited()) run.repaired.push_back(segment);
      count_done(run, result.row);
      if (run.landed) run.landed->insert_or_assign(segment, std::nullopt);
      run.note = "Repaired segment " + segment.value().to_string();
      return publish(progress::kind::segment_done, run, segment, result.why);
    case segment_outcome::postponed:
      run.note = "Segment " + segment.value().to_string() + " was postponed: " + result.why;
      ring_wanted_.set();
      context_.metrics.segment_failed(*what.facts, result.coordinator);
      base::log_warn("repair", "a segment was postponed",
                     {{"run", run.id.value().to_string()},
                      {"segment", segment.value().to_string()},
                      {"coordinator", result.coordinator},
                      {"failures", std::to_string(result.row.fail_count)},
                      {"error", result.why}});
      break;
    case segment_outcome::released:
      if (result.cause == release_cause::done_elsewhere) return landed_elsewhere(segment, run);
      if (result.cause == release_cause::held_elsewhere) break;
      context_.metrics.segment_released(*what.facts);
      break;
    case segment_outcome::left:
      return;
    case segment_outcome::lost:
      run.reload = true;
      return;
  }
  if (result.cause == release_cause::incurable) run.incurable = result.why;
  const bool was_tried = result.cause != release_cause::held_elsewhere;
  if (was_tried) publish(progress::kind::segment_postponed, run, segment, result.why);
  if (run.landed) {
    // It is being read, and will be placed with the others.
    if (was_tried) {
      run.landed->insert_or_assign(segment, result.row);
    } else {
      run.untried.insert(segment);
    }
    return;
  }
  if (current == runs_.end() || !dispatcher_.has_run(run.id)) return;
  if (!was_tried && what.nodes.empty()) return wait_for_run(run, segment);
  if (run.placed_on == what.placed_on && !what.nodes.empty()) return put_back(what, result);
  // Its nodes are those of a former ring, or it is a node that the ring does not know.
  run.reload = true;
}

void dispatch_loop::wait_for_run(active_run& run, model::segment_id segment) {
  dispatcher_.park(
      run.id, segment,
      reason_now(model::waiting_for::replica_busy, "another segment of the run is being repaired"));
  const auto later = context_.clock.now() + others_interval;
  run.place_again = std::min(run.place_again.value_or(later), later);
}

void dispatch_loop::count_done(const active_run& run, const model::repair_segment& row) {
  if (!run.facts) return;
  context_.metrics.counted(*run.facts, run.counts);
  if (!row.start_time || !row.end_time) return;
  context_.metrics.segment_done(*run.facts, *row.end_time - *row.start_time);
}

void dispatch_loop::put_back(const flight& what, const segment_result& result) {
  using model::waiting_for;
  const auto now = context_.clock.now();
  auto why = reason_now(waiting_for::retry_delay, result.why);
  base::clock::duration wait = std::chrono::seconds(1);
  if (result.cause == release_cause::held_elsewhere) {
    why.what = waiting_for::replica_busy;
    wait = result.why.empty() ? base::clock::duration::zero() : others_interval;
  }
  if (result.outcome == segment_outcome::postponed && result.row.next_attempt) {
    wait = until_retry(result.row);
    for (const auto& node : what.nodes) {
      const auto foreign = foreign_.sentence(node);
      if (foreign.empty()) continue;
      why.detail += "; " + foreign;
      if (!why.node) why.node = node;
    }
  } else if (result.cause == release_cause::coordinators_unreachable) {
    why.what = waiting_for::node_unreachable;
    wait = context_.options.unreachable_retry;
  } else if (result.cause == release_cause::storage) {
    why.what = waiting_for::storage;
    wait = std::chrono::milliseconds(10);
  }
  dispatcher_.add_later(what.run->id, result.row.id, what.nodes, now + wait, now, std::move(why));
}

void dispatch_loop::publish(progress::kind what, const active_run& run,
                            std::optional<model::segment_id> segment, std::string text) {
  progress event;
  event.what = what;
  event.run = run.id;
  event.segment = segment;
  event.counts = run.counts;
  event.counts.running = static_cast<int>(in_flight(run.id));
  event.text = std::move(text);
  context_.hub.publish(event);
}

std::shared_ptr<management::node_client> dispatch_loop::client(const model::node_address& address) {
  return view_->client(address);
}

model::node_address dispatch_loop::address_of(const model::host_id& id) {
  return view_->address_of(id);
}

bool dispatch_loop::is_down(const model::node_address& address) {
  const auto ring = view_->last_ring();
  if (!ring) return false;
  const auto found = std::find_if(ring->nodes.begin(), ring->nodes.end(),
                                  [&](const auto& node) { return node.address == address; });
  return found == ring->nodes.end() || !found->alive;
}

std::vector<model::command_reference> dispatch_loop::commands_on(const model::node_address& node) {
  std::vector<model::command_reference> known;
  for (const auto& entry : flights_) {
    const auto& flight = *entry.second;
    if (!flight.runner || flight.command_ended) continue;
    const auto& row = flight.runner->row();
    if (row.command && row.coordinator == node) known.push_back(*row.command);
  }
  return known;
}

void dispatch_loop::command_ended(model::segment_id segment, base::clock::duration worked) {
  auto& what = *flights_.at(segment);
  what.command_ended = true;
  // Beside many nodes, which segments are side by side matters more than a lease.
  const bool leased = context_.mode.peers->hand_over(segment);
  if (leased && context_.mode.reach.node()) dispatcher_.hand_over(segment);
  what.worked = worked;
  if (what.runner) {
    const auto& row = what.runner->row();
    if (row.command && row.coordinator) foreign_.ended(*row.coordinator, row.command->number);
  }
  dispatcher_.ended(segment, worked, context_.clock.now());
  wake_.set();
}

void dispatch_loop::coordinator_failed(const model::node_address& address, const error& why) {
  base::log_warn("repair", "a coordinator could not be told to repair",
                 {{"cluster", cluster_name_}, {"node", address}, {"error", why.message()}});
  asked_[address].avoid_until = context_.clock.now() + avoid_failed;
  ring_wanted_.set();
}

void dispatch_loop::row_stored(const model::repair_segment& row) {
  if (row.state != model::segment_state::running) return;
  const auto found = flights_.find(row.id);
  if (found == flights_.end() || found->second->told) return;
  tell_started(*found->second, row.id, row.coordinator);
}

void dispatch_loop::tell_started(flight& what, model::segment_id segment,
                                 const std::optional<model::node_address>& coordinator) {
  what.told = true;
  publish(progress::kind::segment_started, *what.run, segment,
          coordinator.value_or(model::node_address()));
}

}  // namespace helenus::repair
