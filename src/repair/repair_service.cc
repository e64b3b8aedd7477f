#include "repair/repair_service.h"

#include "repair/engine.h"
#include "repair/errc.h"
#include "repair/run/purge_choice.h"
#include "repair/run/run_change.h"
#include "repair/run/run_creation.h"
#include "repair/run/run_lock.h"
#include "repair/run/run_machine.h"
#include "storage/errc.h"

#include <algorithm>
#include <cctype>
#include <limits>

namespace helenus::repair {
namespace {

/// How often an aborted segment is looked at until its command ended.
constexpr std::chrono::milliseconds abort_poll{20};

bool same_text(const std::string& left, const std::string& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  });
}

error no_such_run(model::run_id id) {
  return {errc::unknown_run, "there is no run " + id.value().to_string()};
}

bool is_in_flight(const model::repair_segment& row) {
  return row.state == model::segment_state::started || row.state == model::segment_state::running;
}

model::repair_segment put_back_in_line(model::repair_segment row) {
  row.state = model::segment_state::not_started;
  ++row.fail_count;
  row.coordinator.reset();
  row.command.reset();
  row.start_time.reset();
  row.end_time.reset();
  row.next_attempt.reset();
  row.last_error = "given up by a person";
  return row;
}

/// What is shown of a run that does not move.
std::optional<model::waiting_reason> waiting_of(engine& core, const model::repair_run& run) {
  auto* loop = core.find_loop(run.cluster_name);
  if (run.state == model::run_state::paused) {
    model::waiting_reason why;
    why.what = model::waiting_for::run_paused;
    why.since = run.pause_time.value_or(run.creation_time);
    const auto left = loop ? loop->in_flight(run.id) : 0;
    why.detail = left == 0 ? "paused; resume it to go on"
                           : "paused; " + std::to_string(left) + " segments are still ending";
    if (const auto doubt = left > 0 ? loop->doubt(run.id) : std::nullopt) {
      why.node = doubt->node;
      why.detail += ": " + doubt->detail;
    }
    return why;
  }
  if (run.state != model::run_state::running) return std::nullopt;
  if (!loop || !loop->works_on(run.id)) return core.not_taken_up();
  return loop->reason(run.id);
}

error unit_is_busy(model::run_id by) {
  return {errc::unit_busy, "run " + by.value().to_string() + " repairs the same and is RUNNING"};
}

}  // namespace

repair_service::repair_service(boost::asio::any_io_executor executor, base::clock& clock,
                               storage::backend& storage, cluster::cluster_service& clusters,
                               const deployment::mode& mode, repair_options options,
                               metrics::registry& metrics, std::uint64_t seed)
    : engine_(std::make_unique<engine>(std::move(executor), clock, storage, clusters, mode, options,
                                       metrics, seed)) {}

repair_service::~repair_service() = default;

task<void> repair_service::run() { return engine_->run(); }

task<void> repair_service::shutdown(base::clock::duration grace) {
  return engine_->shutdown(grace);
}

task<run_report> repair_service::report(model::repair_run run) {
  auto& storage = engine_->context().storage;
  run_report shown;
  CO_TRY(unit, co_await storage.runs().find_unit(run.unit));
  CO_TRY(counts, co_await storage.runs().counts(run.id));
  shown.waiting = waiting_of(*engine_, run);
  shown.run = std::move(run);
  shown.unit = std::move(unit);
  shown.counts = counts;
  co_return shown;
}

task<model::repair_run> repair_service::change(model::run_id id, run_command command) {
  auto& context = engine_->context();
  const auto now = context.clock.wall_now();
  CO_TRY(run,
         co_await change_run(context.storage.runs(), id, [command, now](model::repair_run seen) {
           return apply(std::move(seen), command, {}, now);
         }));
  progress event;
  event.run = id;
  event.state = run.state;
  event.text = run.last_event;
  if (const auto counts = co_await context.storage.runs().counts(id)) event.counts = *counts;
  context.hub.publish(event);
  co_return run;
}

task<run_report> repair_service::create(run_request request) {
  if (engine_->stopping()) co_return errc::stopping;
  auto& context = engine_->context();
  CO_TRY(run, co_await create_run(std::move(request), context.clock, context.storage,
                                  context.clusters, context.ids));
  co_return co_await report(std::move(run));
}

task<run_report> repair_service::begin(model::run_id id, run_command command) {
  if (engine_->stopping()) co_return errc::stopping;
  auto& context = engine_->context();
  auto seen = co_await context.storage.runs().find(id);
  if (!seen && seen.error().code == storage::errc::not_found) co_return no_such_run(id);
  if (!seen) co_return seen.error();
  CO_TRY_VOID(apply(*seen, command, {}, context.clock.wall_now()));
  const auto lock = unit_lock::try_take(starting_, seen->unit);
  if (!lock) co_return error{errc::unit_busy, "another run that repairs the same is being started"};
  CO_TRY(before, co_await running_beside(*seen));
  if (before) co_return unit_is_busy(*before);
  CO_TRY(run, co_await change(id, command));
  if (!context.mode.peers->is_alone()) {
    // Another instance may have started one in the same moment: each looks after it has written.
    const auto meanwhile = co_await running_beside(run);
    if (meanwhile && *meanwhile) {
      CO_TRY_VOID(co_await change(id, run_command::pause));
      co_return unit_is_busy(**meanwhile);
    }
  }
  engine_->loop(run.cluster_name)->take_up(id);
  co_return co_await report(std::move(run));
}

/// Another run of the same unit that is RUNNING.
task<std::optional<model::run_id>> repair_service::running_beside(model::repair_run run) {
  storage::run_filter same;
  same.unit = run.unit;
  same.states = {model::run_state::running};
  CO_TRY(running, co_await engine_->context().storage.runs().list(same));
  for (const auto& other : running) {
    if (other.id != run.id) co_return other.id;
  }
  co_return std::optional<model::run_id>{};
}

task<run_report> repair_service::start(model::run_id id) { return begin(id, run_command::start); }
task<run_report> repair_service::resume(model::run_id id) { return begin(id, run_command::resume); }
task<run_report> repair_service::retry(model::run_id id) { return begin(id, run_command::retry); }

task<run_report> repair_service::pause(model::run_id id) {
  CO_TRY(run, co_await change(id, run_command::pause));
  std::optional<stop_cause> stop;
  if (engine_->context().options.pause_cancels) stop = stop_cause::run_paused;
  engine_->loop(run.cluster_name)->drop(id, stop);
  co_return co_await report(std::move(run));
}

task<run_report> repair_service::abort(model::run_id id) {
  CO_TRY(run, co_await change(id, run_command::abort));
  engine_->context().metrics.run_ended(run.state);
  engine_->loop(run.cluster_name)->drop(id, stop_cause::run_aborted);
  co_return co_await report(std::move(run));
}

task<run_report> repair_service::set_intensity(model::run_id id, double intensity) {
  if (!(intensity > 0.0 && intensity <= 1.0)) {
    co_return error{errc::invalid_request, "intensity must be above 0 and at most 1"};
  }
  CO_TRY(run, co_await change_run(engine_->context().storage.runs(), id,
                                  [intensity](model::repair_run seen) -> result<model::repair_run> {
                                    if (model::is_terminated(seen.state)) {
                                      return error{errc::illegal_transition,
                                                   "the intensity of a run that is " +
                                                       std::string(to_string(seen.state)) +
                                                       " can not be changed"};
                                    }
                                    seen.intensity = intensity;
                                    return seen;
                                  }));
  if (auto* loop = engine_->find_loop(run.cluster_name)) loop->set_intensity(id, intensity);
  co_return co_await report(std::move(run));
}

task<segment_report> repair_service::abort_segment(model::run_id id, model::segment_id segment) {
  auto& context = engine_->context();
  const auto deadline = context.clock.now() + context.options.abort_patience;
  while (true) {
    CO_TRY(run, co_await find_changeable(id));
    auto* loop = engine_->loop(run.cluster_name);
    const bool was_in_flight = loop->repairs(segment);
    if (was_in_flight) loop->stop_segment(segment, stop_cause::segment_aborted);
    const auto lock = was_in_flight ? std::nullopt : loop->try_lock(id);
    CO_TRY(row, co_await find_segment(id, segment));
    const bool is_late = context.clock.now() >= deadline;
    bool is_free = !is_in_flight(row);
    if (lock && !is_free && is_late && !loop->repairs(segment)) {
      CO_TRY(works, co_await is_worked_on(id, segment));
      is_free = !works;
    }
    if (lock && is_free && !loop->repairs(segment)) {
      const bool was_open = row.state == model::segment_state::not_started;
      auto next = put_back_in_line(std::move(row));
      const auto version = co_await context.storage.segments().replace(next);
      if (version) {
        next.stored = *version;
        if (!was_open) loop->read_again(id);
        co_return segment_report{std::move(next), std::nullopt};
      }
      if (version.error().code != storage::errc::superseded) co_return version.error();
    } else if (is_late) {
      if (loop->repairs(segment)) co_return segment_report{std::move(row), std::nullopt};
      co_return error{errc::illegal_transition, "segment " + segment.value().to_string() + " is " +
                                                    std::string(to_string(row.state)) +
                                                    " and another instance works on it"};
    }
    co_await context.clock.sleep_for(abort_poll);
  }
}

/// Whether the segment, or any of the run, has somebody who works on it or is about to take it up.
task<bool> repair_service::is_worked_on(model::run_id run,
                                        std::optional<model::segment_id> segment) {
  if (!engine_->recovered()) co_return true;
  CO_TRY(leased, co_await engine_->context().mode.peers->worked_on_elsewhere(run));
  // A lease of a whole run does not say of which segment.
  co_return result<bool>(segment ? leased.contains(*segment) || leased.contains(model::segment_id())
                                 : !leased.empty());
}

/// A run whose segments may be put back in line.
task<model::repair_run> repair_service::find_changeable(model::run_id id) {
  auto run = co_await engine_->context().storage.runs().find(id);
  if (!run && run.error().code == storage::errc::not_found) co_return no_such_run(id);
  if (!run) co_return run.error();
  if (run->state != model::run_state::running && run->state != model::run_state::paused) {
    co_return error{errc::illegal_transition, "Cannot abort segment on repair run with status " +
                                                  std::string(to_string(run->state))};
  }
  co_return run;
}

task<model::repair_segment> repair_service::find_segment(model::run_id run,
                                                         model::segment_id segment) {
  auto found = co_await engine_->context().storage.segments().find(run, segment);
  if (!found && found.error().code == storage::errc::not_found) {
    co_return error{errc::unknown_segment, "run " + run.value().to_string() + " has no segment " +
                                               segment.value().to_string()};
  }
  co_return found;
}

task<void> repair_service::remove(model::run_id id, std::string owner) {
  auto& storage = engine_->context().storage;
  auto run = co_await storage.runs().find(id);
  if (!run && run.error().code == storage::errc::not_found) co_return no_such_run(id);
  if (!run) co_return run.error();
  if (!same_text(run->owner, owner)) {
    co_return error{errc::wrong_owner,
                    "run " + id.value().to_string() + " belongs to another owner"};
  }
  if (!model::may_become(run->state, model::run_state::deleted)) {
    co_return error{errc::illegal_transition,
                    "a run that is " + std::string(to_string(run->state)) + " can not be removed"};
  }
  const auto counts = co_await storage.runs().counts(id);
  if (!counts && counts.error().code == storage::errc::not_found) co_return no_such_run(id);
  if (!counts) co_return counts.error();
  auto* loop = engine_->find_loop(run->cluster_name);
  const auto ours = loop ? loop->in_flight(id) : 0;
  // Those that an earlier process left are known to storage before a loop has them.
  bool works = ours > 0 || (loop && loop->settles(id));
  if (!works && counts->running > 0) {
    CO_TRY(elsewhere, co_await is_worked_on(id, std::nullopt));
    works = elsewhere;
  }
  if (works) {
    const auto count = std::max(ours, static_cast<std::size_t>(counts->running));
    co_return error{errc::still_running,
                    std::to_string(count) + " segments of the run are still being repaired"};
  }
  auto removed = co_await storage.runs().remove(id, run->stored);
  if (!removed && removed.error().code == storage::errc::superseded) {
    co_return error{errc::illegal_transition, "the run was changed at the same moment"};
  }
  if (!removed && removed.error().code == storage::errc::not_found) co_return no_such_run(id);
  co_return removed;
}

task<std::vector<storage::schedule_summary>> repair_service::schedules(
    storage::schedule_filter filter) {
  co_return co_await engine_->context().storage.schedules().list(std::move(filter));
}

task<void> repair_service::remove_schedule(model::repair_schedule schedule) {
  auto& schedules = engine_->context().storage.schedules();
  auto removed = co_await schedules.remove(schedule.id, schedule.stored);
  if (!removed && removed.error().code == storage::errc::superseded) {
    co_return error{errc::illegal_transition, "schedule " + schedule.id.value().to_string() +
                                                  " was changed at the same moment"};
  }
  if (!removed && removed.error().code == storage::errc::not_found) co_return result<void>{};
  co_return removed;
}

task<std::int64_t> repair_service::purge() {
  auto& context = engine_->context();
  storage::run_filter filter;
  filter.states = {model::run_state::done, model::run_state::error, model::run_state::aborted};
  filter.limit = std::numeric_limits<std::size_t>::max();
  CO_TRY(ended, co_await context.storage.runs().list(filter));
  std::int64_t purged = 0;
  for (const auto& run :
       choose_runs_to_purge(std::move(ended), context.options, context.clock.wall_now())) {
    const auto removed = co_await remove(run.id, run.owner);
    // One whose segments still end is found by the next purge; one that changed is not over.
    if (!removed && removed.error().code.category() == category()) continue;
    if (!removed) co_return removed.error();
    ++purged;
  }
  co_return purged;
}

task<run_report> repair_service::find(model::run_id id) {
  auto run = co_await engine_->context().storage.runs().find(id);
  if (!run && run.error().code == storage::errc::not_found) co_return no_such_run(id);
  if (!run) co_return run.error();
  co_return co_await report(std::move(*run));
}

task<std::vector<run_report>> repair_service::list(storage::run_filter filter) {
  CO_TRY(found, co_await engine_->context().storage.runs().summaries(std::move(filter)));
  std::vector<run_report> all;
  all.reserve(found.size());
  for (auto& summary : found) {
    auto waiting = waiting_of(*engine_, summary.run);
    all.push_back(
        {std::move(summary.run), std::move(summary.unit), summary.segments, std::move(waiting)});
  }
  co_return all;
}

task<std::vector<segment_report>> repair_service::segments(model::run_id id) {
  auto& storage = engine_->context().storage;
  auto run = co_await storage.runs().find(id);
  if (!run && run.error().code == storage::errc::not_found) co_return no_such_run(id);
  if (!run) co_return run.error();
  CO_TRY(rows, co_await storage.segments().of_run(id));
  std::unordered_map<model::segment_id, model::waiting_reason> reasons;
  if (auto* loop = engine_->find_loop(run->cluster_name)) reasons = loop->reasons(id);
  const auto general = waiting_of(*engine_, *run);
  std::vector<segment_report> all;
  all.reserve(rows.size());
  for (auto& row : rows) {
    auto& shown = all.emplace_back();
    if (const auto why = reasons.find(row.id); why != reasons.end()) {
      shown.waiting = why->second;
    } else if (row.state == model::segment_state::not_started) {
      shown.waiting = general;
    }
    shown.segment = std::move(row);
  }
  co_return all;
}

std::optional<model::waiting_reason> repair_service::storage_trouble() const {
  return engine_->context().gate.reason();
}

void repair_service::update_metrics() { engine_->update_metrics(); }

std::unique_ptr<progress_stream> repair_service::subscribe(std::optional<model::run_id> run) {
  return engine_->context().hub.subscribe(run);
}

}  // namespace helenus::repair
