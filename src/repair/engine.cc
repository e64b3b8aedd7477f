#include "repair/engine.h"

#include "base/log.h"
#include "storage/errc.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace helenus::repair {
namespace {

/// After the grace period: how long stopping commands and storing rows may take.
constexpr std::chrono::seconds longest_stop{15};
constexpr std::chrono::milliseconds flight_poll{50};
/// At least this long between two looks at what other instances do.
constexpr std::chrono::seconds follow_interval{8};

}  // namespace

engine::engine(boost::asio::any_io_executor executor, base::clock& clock, storage::backend& storage,
               cluster::cluster_service& clusters, const deployment::mode& mode,
               repair_options options, metrics::registry& metrics, std::uint64_t seed)
    : options_(options),
      gate_(options.storage_retry),
      hub_(executor),
      metrics_(metrics),
      ids_(seed),
      context_{executor, clock, storage, clusters, mode, options_, gate_, hub_, metrics_, ids_},
      group_(executor),
      stop_(executor) {
  mode.peers->on_lost([this](model::segment_id segment, deployment::lease_loss how) {
    for (auto& entry : loops_) entry.second->lose_lease(segment, how);
  });
}

engine::~engine() { context_.mode.peers->on_lost({}); }

task<void> engine::run() {
  co_return co_await base::finally(work(), [this]() -> boost::asio::awaitable<void> {
    working_ = false;
    group_.cancel();
    static_cast<void>(co_await group_.join());
    hub_.close();
  });
}

task<void> engine::work() {
  working_ = true;
  for (auto& [name, loop] : loops_) group_.spawn("cluster " + name, loop->run());
  for (unsigned attempt = 1; !stopping_; ++attempt) {
    const auto taken = co_await recover();
    if (taken) break;
    recovery_failure_ = taken.error();
    gate_.failed(taken.error(), context_.clock.now(), context_.clock.wall_now(),
                 base::random_bits());
    base::log_warn("repair", "stored runs can not be read yet",
                   {{"error", taken.error().message()}});
    const auto wait = base::backoff_delay(options_.storage_retry, attempt, base::random_bits());
    co_await stop_.wait_until(context_.clock, context_.clock.now() + wait);
  }
  if (!context_.mode.peers->is_alone()) group_.spawn("follow other instances", follow_others());
  while (!stopping_ || in_flight() > 0) co_await stop_.wait();
  co_return result<void>{};
}

/// What other instances start, pause and end is not told: it is looked for.
task<void> engine::follow_others() {
  bool closed_gate = false;  // what this has closed, nobody else may open: nothing may be to write
  while (!stopping_) {
    const auto spread = std::chrono::milliseconds(base::random_bits() % 4000);
    co_await context_.clock.sleep_for(follow_interval + spread);
    const auto seen = co_await follow_runs();
    if (seen) {
      if (std::exchange(closed_gate, false)) gate_.worked();
      continue;
    }
    closed_gate |= gate_.open();
    gate_.failed(seen.error(), context_.clock.now(), context_.clock.wall_now(),
                 base::random_bits());
  }
  co_return result<void>{};
}

task<void> engine::follow_runs() {
  storage::run_filter filter;
  filter.limit = std::numeric_limits<std::size_t>::max();
  filter.states = {model::run_state::running};
  CO_TRY(running, co_await context_.storage.runs().list(filter));
  if (stopping_) co_return result<void>{};
  std::set<model::run_id> ids;
  for (const auto& run : running) {
    ids.insert(run.id);
    loop(run.cluster_name)->take_up(run.id);
    loop(run.cluster_name)->saw(run);
  }
  for (auto& entry : loops_) {
    for (const auto& id : entry.second->runs()) {
      if (ids.contains(id)) continue;
      const auto taken_up = entry.second->taken_up(id);
      auto run = co_await context_.storage.runs().find(id);
      if (!run && run.error().code != storage::errc::not_found) co_return run.error();
      if (run && run->state == model::run_state::running) continue;
      if (entry.second->taken_up(id) != taken_up) continue;  // what was read is older
      std::optional<stop_cause> stop = stop_cause::run_aborted;
      if (run && run->state == model::run_state::paused) {
        stop = options_.pause_cancels ? std::optional(stop_cause::run_paused) : std::nullopt;
      }
      entry.second->drop(id, stop);
    }
  }
  co_return result<void>{};
}

task<void> engine::recover() {
  using model::run_state;
  storage::run_filter filter;
  filter.limit = std::numeric_limits<std::size_t>::max();
  filter.states = {run_state::running};
  CO_TRY(running, co_await context_.storage.runs().list(filter));
  filter.states = {run_state::paused, run_state::aborted, run_state::error};
  CO_TRY(halted, co_await context_.storage.runs().summaries(filter));
  filter.states = {run_state::done};
  CO_TRY(done, co_await context_.storage.runs().summaries(filter));
  gate_.worked();
  recovered_ = true;
  remember(done);
  for (const auto& run : running) loop(run.cluster_name)->take_up(run.id);
  for (const auto& summary : halted) {
    if (summary.segments.running == 0) continue;
    // A run taken up meanwhile by a command is worked on already.
    loop(summary.run.cluster_name)
        ->settle(summary.run.id, summary.run.state == run_state::paused ? stop_cause::run_paused
                                                                        : stop_cause::run_aborted);
  }
  if (!running.empty()) {
    base::log_info("repair", "runs go on", {{"runs", std::to_string(running.size())}});
  }
  co_return result<void>{};
}

/// How long ago units were repaired is shown as if there had been no restart.
void engine::remember(const std::vector<storage::run_summary>& done) {
  const auto now = context_.clock.now();
  const auto wall_now = context_.clock.wall_now();
  for (const auto& summary : done) {
    run_facts facts;
    facts.cluster_name = summary.run.cluster_name;
    facts.unit = summary.unit;
    if (!summary.run.end_time) continue;
    const auto age = std::max(std::chrono::milliseconds(0), wall_now - *summary.run.end_time);
    metrics_.was_done(facts, now - age);
  }
}

dispatch_loop* engine::loop(const std::string& cluster_name) {
  auto& slot = loops_[cluster_name];
  if (!slot) {
    slot = std::make_unique<dispatch_loop>(context_, cluster_name);
    if (working_) group_.spawn("cluster " + cluster_name, slot->run());
  }
  return slot.get();
}

dispatch_loop* engine::find_loop(const std::string& cluster_name) {
  const auto found = loops_.find(cluster_name);
  return found == loops_.end() ? nullptr : found->second.get();
}

model::waiting_reason engine::not_taken_up() const {
  if (auto why = gate_.reason()) return *why;
  model::waiting_reason why;
  why.what = model::waiting_for::turn;
  why.since = context_.clock.wall_now();
  why.detail = recovered_ ? "it is being taken up" : "the engine has not begun";
  return why;
}

void engine::update_metrics() {
  std::vector<run_standing> runs;
  for (const auto& entry : loops_) {
    const auto standing = entry.second->standing();
    runs.insert(runs.end(), standing.begin(), standing.end());
  }
  metrics_.update(runs, context_.clock.now());
}

std::size_t engine::in_flight() const {
  std::size_t count = 0;
  for (const auto& entry : loops_) count += entry.second->in_flight();
  return count;
}

boost::asio::awaitable<void> engine::wait_for_flights(base::clock::duration longest) {
  const auto end = context_.clock.now() + longest;
  while (in_flight() > 0 && context_.clock.now() < end) {
    co_await context_.clock.sleep_for(flight_poll);
  }
}

task<void> engine::shutdown(base::clock::duration grace) {
  stopping_ = true;
  for (auto& entry : loops_) entry.second->start_nothing_more();
  co_await wait_for_flights(grace);
  for (auto& entry : loops_) entry.second->stop_all(stop_cause::shutdown);
  co_await wait_for_flights(longest_stop);
  for (auto& entry : loops_) entry.second->abandon_rows();
  co_await wait_for_flights(flight_poll * 2);
  if (in_flight() > 0) {
    base::log_warn("repair", "segments could not be stopped in time; the next start takes them up",
                   {{"segments", std::to_string(in_flight())}});
    for (auto& entry : loops_) entry.second->forsake();
  }
  stop_.set();
  co_return result<void>{};
}

}  // namespace helenus::repair
