#include "repair/dispatch/dispatch_loop.h"

#include "base/assert.h"
#include "base/log.h"
#include "repair/dispatch/version_rule.h"
#include "repair/plan/coordinator_choice.h"
#include "repair/run/admission.h"
#include "repair/run/run_loop.h"

#include <algorithm>
#include <functional>
#include <set>

namespace helenus::repair {
namespace {

/// Admission and the list of watched nodes are looked at this often.
constexpr std::chrono::seconds review_interval{5};
/// While nodes join, leave or move, the ring is read this often, after the pause between two reads.
constexpr std::chrono::seconds moving_ring_check{1};

}  // namespace

dispatch_loop::dispatch_loop(engine_context& context, std::string cluster_name)
    : context_(context),
      cluster_name_(std::move(cluster_name)),
      dispatcher_(context.options.max_commands_per_node),
      group_(context.executor),
      wake_(context.executor),
      ring_wanted_(context.executor) {}

dispatch_loop::~dispatch_loop() {
  if (health_) health_->on_sample({});
}

task<void> dispatch_loop::run() {
  co_return co_await base::finally(decide_for_ever(), [this]() -> boost::asio::awaitable<void> {
    group_.cancel();
    static_cast<void>(co_await group_.join());
  });
}

task<void> dispatch_loop::decide_for_ever() {
  for (unsigned attempt = 1;; ++attempt) {
    const auto ready = co_await prepare();
    if (ready) break;
    base::log_warn("repair", "a cluster can not be prepared yet",
                   {{"cluster", cluster_name_}, {"error", ready.error().message()}});
    co_await context_.clock.sleep_for(
        base::backoff_delay(context_.options.storage_retry, attempt, base::random_bits()));
  }
  auto next_books = context_.clock.now() + context_.options.watchdog;
  while (true) {
    const auto now = context_.clock.now();
    if (now >= next_review_) {
      next_review_ = now + review_interval;
      review_gates();
      review_admission();
      watch_nodes();
    }
    if (now >= next_books) {
      next_books = now + context_.options.watchdog;
      check_books();
    }
    decide();
    if (const auto when = next_wake()) {
      co_await wake_.wait_until(context_.clock, *when);
    } else {
      co_await wake_.wait();
    }
  }
}

task<void> dispatch_loop::prepare() {
  CO_TRY(view, co_await context_.clusters.view(cluster_name_));
  CO_TRY(health, co_await context_.clusters.health(cluster_name_));
  view_ = std::move(view);
  health_ = std::move(health);
  health_->on_sample([this](const model::node_address& node) {
    review_gate(node);
    review_repairs(node);
    wake_.set();
  });
  group_.spawn("look at nodes of " + cluster_name_, health_->run());
  group_.spawn("watch the ring of " + cluster_name_, watch_ring());
  co_return result<void>{};
}

task<void> dispatch_loop::watch_ring() {
  while (true) {
    // Nobody needs to know the ring of a cluster that is not repaired.
    if (runs_.empty() && flights_.empty()) {
      co_await ring_wanted_.wait();
      continue;
    }
    auto ring = co_await view_->ring(base::clock::duration::zero());
    if (ring) {
      health_->ring_was_read();
      follow_ring();
      static_cast<void>(co_await read_keyspaces());
      for (const auto& [id, run] : runs_) {
        if (!run->facts || run->placed_on == view_->generation()) continue;
        withdraw(*run);
        run->reload = true;
        run->changed.set();
      }
    } else {
      base::log_warn("repair", "the ring can not be read",
                     {{"cluster", cluster_name_}, {"error", ring.error().message()}});
    }
    wake_.set();
    co_await context_.clock.sleep_for(std::chrono::seconds(2));
    const auto next = nodes_move() ? moving_ring_check : context_.options.ring_check;
    co_await ring_wanted_.wait_until(context_.clock, context_.clock.now() + next);
  }
}

bool dispatch_loop::nodes_move() const {
  const auto ring = view_->last_ring();
  return ring && std::any_of(ring->nodes.begin(), ring->nodes.end(), [](const model::node& node) {
           using enum model::node_mode;
           return node.mode == joining || node.mode == leaving || node.mode == moving;
         });
}

/// Notices changed replication; cheap while nothing is old.
task<void> dispatch_loop::read_keyspaces() {
  std::set<std::string> names;
  for (const auto& entry : runs_) {
    if (entry.second->facts) names.insert(entry.second->facts->unit.keyspace);
  }
  for (const auto& name : names) {
    CO_TRY_VOID(co_await view_->keyspace(name, context_.options.ring_check));
  }
  co_return result<void>{};
}

task<std::shared_ptr<cluster::ring_view>> dispatch_loop::view() {
  if (!view_) co_return error{base::errc::unavailable, "the cluster is being prepared"};
  // The same; but when the cluster was registered again this shows how it is reached now.
  co_return co_await context_.clusters.view(cluster_name_);
}

std::optional<base::clock::time_point> dispatch_loop::next_wake() const {
  if (runs_.empty() && flights_.empty()) return std::nullopt;
  auto when = next_review_;
  // After stopping nothing takes what is due, and it would be due again at once.
  const auto due = stopped_ ? std::nullopt : dispatcher_.next_wake();
  if (due) when = std::min(when, *due);
  // One that is due already was of no use to decide(): what hinders it wakes by itself.
  const auto retry = context_.gate.next_try();
  if (retry && *retry > context_.clock.now()) when = std::min(when, *retry);
  return when;
}

void dispatch_loop::decide() {
  if (stopped_) return;
  const auto now = context_.clock.now();
  for (const auto& start : dispatcher_.decide(now, context_.gate.starts_allowed(now))) {
    launch(start);
  }
}

void dispatch_loop::review_admission() {
  const auto now = context_.clock.now();
  std::vector<admission_candidate> running;
  for (const auto& [id, run] : runs_) {
    if (!dispatcher_.has_run(id)) continue;
    const bool idle = now - dispatcher_.last_active(id, now) > context_.options.slot_patience;
    running.push_back({id, idle && !dispatcher_.activity(id, now).can_start});
  }
  const auto admitted = admit(running, context_.options.max_parallel_runs);
  for (const auto& candidate : running) {
    dispatcher_.set_admitted(candidate.id, admitted.contains(candidate.id), now);
  }
}

void dispatch_loop::review_gates() {
  for (const auto& node : dispatcher_.nodes_with_work()) review_gate(node);
}

void dispatch_loop::review_gate(const model::node_address& node) {
  const auto now = context_.clock.now();
  gate_options limits;
  limits.max_pending_compactions = context_.options.max_pending_compactions;
  auto gate = judge_node(health_ ? health_->sample(node) : nullptr, now, limits);
  if (gate.open && mixed_versions_) {
    gate.open = false;
    gate.what = model::waiting_for::mixed_versions;
    gate.detail = *mixed_versions_;
  }
  dispatcher_.set_gate(node, std::move(gate), now);
}

void dispatch_loop::review_repairs(const model::node_address& node) {
  const auto* sample = health_->sample(node);
  if (!sample) return;
  std::vector<std::int32_t> ours;
  for (const auto& command : commands_on(node)) ours.push_back(command.number);
  const bool unsure = std::any_of(flights_.begin(), flights_.end(), [&](const auto& entry) {
    const auto& flight = *entry.second;
    return flight.runner && !flight.command_ended && !flight.runner->row().command &&
           flight.runner->row().coordinator == node;
  });
  foreign_.looked(node, sample->repairs, ours, unsure);
}

void dispatch_loop::watch_nodes() {
  if (!health_) return;
  const auto nodes = dispatcher_.nodes_with_work();
  health_->watch({nodes.begin(), nodes.end()});
}

void dispatch_loop::check_books() {
  for (const auto& [id, run] : runs_) {
    if (!dispatcher_.has_run(id) || run->reload) continue;
    const auto seen = dispatcher_.activity(id, context_.clock.now());
    const auto known = seen.open + seen.delayed + in_flight(id) + run->elsewhere.size();
    if (run->counts.total - run->counts.done == static_cast<int>(known)) continue;
    base::log_error("repair", "the engine lost count of a run and reads it again",
                    {{"run", id.value().to_string()},
                     {"unfinished", std::to_string(run->counts.total - run->counts.done)},
                     {"known", std::to_string(known)}});
    run->reload = true;
    run->changed.set();
  }
}

void dispatch_loop::take_up(model::run_id id) {
  ++takings_;
  if (const auto known = runs_.find(id); known != runs_.end()) {
    known->second->taken_up = takings_;
    return;
  }
  auto run = std::make_shared<active_run>(context_.executor, id);
  run->taken_up = takings_;
  runs_.emplace(id, run);
  ring_wanted_.set();
  wake_.set();
  const auto work = [](dispatch_loop& self, std::shared_ptr<active_run> mine) -> task<void> {
    run_loop loop(self, mine);
    static_cast<void>(co_await loop.run());
    const auto found = self.runs_.find(mine->id);
    if (found != self.runs_.end() && found->second == mine) {
      self.dispatcher_.remove_run(mine->id);
      self.runs_.erase(found);
    }
    self.next_review_ = {};
    self.wake_.set();
    co_return result<void>{};
  };
  group_.spawn("run " + id.value().to_string(), work(*this, run));
}

void dispatch_loop::settle(model::run_id id, std::optional<stop_cause> cause) {
  auto run = std::make_shared<active_run>(context_.executor, id);
  run->gone = true;
  settling_.insert(id);
  ring_wanted_.set();
  const auto work = [](dispatch_loop& self, std::shared_ptr<active_run> mine,
                       std::optional<stop_cause> why) -> task<void> {
    run_loop loop(self, mine);
    while (true) {
      const auto left = co_await loop.settle();
      self.settling_.erase(mine->id);
      for (const auto& [segment, flight] : self.flights_) {
        if (why && flight->run == mine) self.stop_segment(segment, *why);
      }
      if (!left || !*left) co_return result<void>{};
      co_await self.context_.clock.sleep_for(others_interval);
    }
  };
  group_.spawn("settle " + id.value().to_string(), work(*this, run, cause));
}

void dispatch_loop::drop(model::run_id id, std::optional<stop_cause> stop) {
  if (const auto found = runs_.find(id); found != runs_.end()) {
    found->second->gone = true;
    found->second->changed.set();
    const bool is_left_alone =
        found->second->placings == 0 || !found->second->unclaimed_since.empty();
    runs_.erase(found);
    // What an earlier life left under way was not taken up yet.
    if (is_left_alone) settle(id, stop);
  }
  dispatcher_.remove_run(id);
  next_review_ = {};
  wake_.set();
  if (!stop) return;
  for (const auto& [segment, flight] : flights_) {
    if (flight->run->id == id) stop_segment(segment, *stop);
  }
}

void dispatch_loop::saw(const model::repair_run& run) {
  set_intensity(run.id, run.intensity);
  const auto found = runs_.find(run.id);
  if (found == runs_.end() || found->second->last_event == run.last_event) return;
  found->second->last_event = run.last_event;
  found->second->noted = context_.clock.now();
}

void dispatch_loop::set_intensity(model::run_id run, double intensity) {
  if (const auto found = runs_.find(run); found != runs_.end()) {
    found->second->intensity = intensity;
  }
  dispatcher_.set_intensity(run, intensity);
}

bool dispatch_loop::stop_segment(model::segment_id segment, stop_cause cause) {
  const auto found = flights_.find(segment);
  if (found == flights_.end() || found->second->command_ended) return false;
  found->second->stop = cause;
  if (found->second->runner) found->second->runner->stop(cause);
  return true;
}

void dispatch_loop::read_again(model::run_id id) {
  const auto found = runs_.find(id);
  if (found == runs_.end()) return;
  found->second->reload = true;
  found->second->changed.set();
}

std::vector<model::run_id> dispatch_loop::runs() const {
  std::vector<model::run_id> ids;
  ids.reserve(runs_.size());
  for (const auto& entry : runs_) ids.push_back(entry.first);
  return ids;
}

std::uint64_t dispatch_loop::taken_up(model::run_id id) const {
  const auto found = runs_.find(id);
  return found == runs_.end() ? 0 : found->second->taken_up;
}

void dispatch_loop::start_nothing_more() { stopped_ = true; }

void dispatch_loop::stop_all(stop_cause cause) {
  for (const auto& entry : flights_) stop_segment(entry.first, cause);
}

void dispatch_loop::abandon_rows() {
  for (const auto& entry : flights_) {
    if (entry.second->runner) entry.second->runner->abandon_row();
  }
}

std::size_t dispatch_loop::in_flight(model::run_id run) const {
  return static_cast<std::size_t>(
      std::count_if(flights_.begin(), flights_.end(),
                    [&](const auto& entry) { return entry.second->run->id == run; }));
}

void dispatch_loop::follow_ring() {
  const auto ring = view_ ? view_->last_ring() : nullptr;
  if (!ring || ring == followed_) return;
  followed_ = ring;
  mixed_versions_ = mixed_versions(*ring);
  std::map<model::node_address, model::node_address> moved;
  for (const auto& node : ring->nodes) {
    if (!node.id) continue;
    auto& known = addresses_[*node.id];
    if (!known.empty() && known != node.address) moved.emplace(known, node.address);
    known = node.address;
  }
  if (!moved.empty()) dispatcher_.rename(moved);
}

void dispatch_loop::expect(const active_run& run) {
  follow_ring();
  dispatcher_.remove_run(run.id);
  dispatcher_.add_run(run.id, run.intensity, context_.clock.now());
  review_admission();  // now: a run must not say that it waits for others when there are none
  next_review_ = {};
}

run_activity dispatch_loop::activity(model::run_id run) const {
  return dispatcher_.activity(run, context_.clock.now());
}

std::vector<model::node_address> dispatch_loop::addresses_of(const model::replica_set& replicas) {
  std::vector<model::node_address> nodes;
  for (const auto& replica : *replicas) nodes.push_back(replica.address);
  return nodes;
}

void dispatch_loop::place(const active_run& run, const model::replica_set& replicas,
                          std::vector<model::segment_id> segments) {
  if (segments.empty()) return;
  begin_elsewhere_than_others(*replicas, segments);
  dispatcher_.add(run.id, std::move(segments), addresses_of(replicas));
}

void dispatch_loop::place(const active_run& run, const model::repair_segment& row,
                          const model::replica_set& replicas) {
  const auto now = context_.clock.now();
  dispatcher_.add_later(run.id, row.id, addresses_of(replicas), now + until_retry(row), now,
                        reason_now(model::waiting_for::retry_delay, row.last_error));
}

/// Whoever stored the time may have had another calendar; nothing waits longer than this anyway.
base::clock::duration dispatch_loop::until_retry(const model::repair_segment& row) const {
  const base::clock::duration longest = context_.options.segment_retry.largest;
  const auto when = row.next_attempt.value_or(model::wall_time{});
  return std::min<base::clock::duration>(when - context_.clock.wall_now(), longest);
}

model::waiting_reason dispatch_loop::reason_now(model::waiting_for what, std::string detail) const {
  model::waiting_reason why;
  why.what = what;
  why.detail = std::move(detail);
  why.since = context_.clock.wall_now();
  return why;
}

}  // namespace helenus::repair
