#include "repair/run/run_loop.h"

#include "base/log.h"
#include "cluster/errc.h"
#include "management/errc.h"
#include "repair/errc.h"
#include "repair/run/run_change.h"
#include "repair/run/run_machine.h"
#include "storage/errc.h"

#include <algorithm>

namespace helenus::repair {
namespace {

/// The last event of a busy run is stored this often at most.
constexpr std::chrono::seconds note_interval{5};

/// What is left to others is read again this often, by the instance that leads and by each other.
constexpr base::clock::duration leader_look_interval = std::chrono::minutes(1);
constexpr base::clock::duration others_look_interval = std::chrono::minutes(15);

/// One node may not know yet what the others know.
constexpr unsigned attempts_before_failure = 3;

/// What trying again can not cure.
bool is_incurable(const error& failure) {
  return failure.code == management::errc::unknown_keyspace;
}

}  // namespace

run_loop::run_loop(dispatch_loop& dispatch, std::shared_ptr<active_run> run)
    : dispatch_(dispatch), context_(dispatch.context()), run_(std::move(run)) {}

task<void> run_loop::run() {
  unsigned attempt = 0;
  while (!run_->gone) {
    run_->reload = false;
    const auto loaded = co_await load();
    if (run_->gone) break;
    if (!loaded) {
      if (is_incurable(loaded.error()) && attempt >= attempts_before_failure) {
        static_cast<void>(co_await fail(loaded.error().message()));
      }
      co_await pause_after(loaded.error(), ++attempt);
      continue;
    }
    attempt = 0;
    run_->trouble.reset();
    dispatch_.wake();
    const auto ended = co_await watch();
    if (!ended) co_await pause_after(ended.error(), 1);
  }
  co_return result<void>{};
}

task<bool> run_loop::settle() {
  for (unsigned attempt = 1;; ++attempt) {
    auto run = co_await context_.storage.runs().find(run_->id);
    if (!run && run.error().code == storage::errc::not_found) co_return run.error();
    result<bool> taken = run ? result<bool>(false) : result<bool>(run.error());
    if (run) {
      auto unit = co_await context_.storage.runs().find_unit(run->unit);
      if (unit) {
        run_->facts = std::make_shared<const run_facts>(
            run_facts{run->id, run->cluster_name, *unit, run->tables, run->parallelism});
        taken = co_await place_all(*unit, true);
      } else {
        taken = unit.error();
      }
    }
    if (taken && *taken) co_return left_waiting_;
    if (!taken) co_await pause_after(taken.error(), attempt);
  }
}

boost::asio::awaitable<void> run_loop::pause_after(const error& failure, unsigned attempt) {
  if (is_storage_trouble(failure) && failure.code.category() == storage::category()) {
    context_.gate.failed(failure, context_.clock.now(), context_.clock.wall_now(),
                         base::random_bits());
  }
  const auto wait =
      base::backoff_delay(context_.options.storage_retry, attempt, base::random_bits());
  in_trouble(failure, wait);
  count_waiting();
  co_await run_->changed.wait_until(context_.clock, context_.clock.now() + wait);
}

void run_loop::in_trouble(const error& failure, base::clock::duration wait) {
  const auto now = context_.clock.wall_now();
  model::waiting_reason why;
  why.what = failure.code.category() == storage::category()
                 ? model::waiting_for::storage
                 : model::waiting_for::cluster_unreachable;
  if (failure.code == errc::ring_inconsistent) why.what = model::waiting_for::topology_change;
  why.since = run_->trouble ? run_->trouble->since : now;
  why.next_check = now + std::chrono::duration_cast<std::chrono::milliseconds>(wait);
  why.detail = failure.message();
  if (!run_->trouble) {
    base::log_warn("repair", "a run can not go on",
                   {{"run", run_->id.value().to_string()}, {"error", failure.message()}});
  }
  run_->trouble = std::move(why);
}

task<void> run_loop::load() {
  auto run = co_await context_.storage.runs().find(run_->id);
  if (!run && run.error().code == storage::errc::not_found) {
    run_->gone = true;
    co_return result<void>{};
  }
  if (!run) co_return run.error();
  if (run->state != model::run_state::running) {
    run_->gone = true;
    co_return result<void>{};
  }
  CO_TRY(unit, co_await context_.storage.runs().find_unit(run->unit));
  context_.gate.worked();
  run_->intensity = run->intensity;
  run_->facts = std::make_shared<const run_facts>(
      run_facts{run->id, run->cluster_name, unit, run->tables, run->parallelism});
  while (!run_->gone) {
    CO_TRY(placed, co_await place_all(unit, false));
    if (placed) break;
  }
  co_return result<void>{};
}

/// Ends when the run is gone or has to be loaded again.
task<bool> run_loop::watch() {
  while (!run_->gone && !run_->reload) {
    if (run_->incurable) {
      const auto why = *std::exchange(run_->incurable, std::nullopt);
      CO_TRY_VOID(co_await fail(why));
      continue;
    }
    CO_TRY(finished, co_await try_to_finish());
    if (finished || run_->reload) break;
    CO_TRY_VOID(co_await store_note());
    count_waiting();
    co_await run_->changed.wait_until(context_.clock, context_.clock.now() + note_interval);
    if (run_->place_again && *run_->place_again <= context_.clock.now()) run_->reload = true;
  }
  co_return true;
}

task<bool> run_loop::try_to_finish() {
  const auto seen = dispatch_.activity(run_->id);
  if (dispatch_.in_flight(run_->id) + seen.open + seen.delayed + seen.in_flight > 0) {
    next_look_.reset();
    co_return false;
  }
  if (run_->elsewhere > 0) {
    if (is_time_to_look_at_others()) run_->reload = true;
    co_return false;
  }
  const auto lock = dispatch_.try_lock(run_->id);
  if (!lock) co_return false;
  CO_TRY(left, co_await context_.storage.segments().unfinished(run_->id));
  if (!left.empty()) {
    run_->reload = true;
    co_return false;
  }
  const auto now = context_.clock.wall_now();
  auto done = co_await change_run(context_.storage.runs(), run_->id, [now](model::repair_run run) {
    return apply(std::move(run), run_command::finish, {}, now);
  });
  run_->gone = run_->gone || done.has_value();
  if (!done && done.error().code.category() == category()) {
    run_->gone = true;  // paused, aborted or removed at the same moment
    co_return true;
  }
  if (!done) co_return done.error();
  base::log_info(
      "repair", "a run is done",
      {{"run", run_->id.value().to_string()}, {"segments", std::to_string(run_->counts.total)}});
  CO_TRY(counts, co_await context_.storage.runs().counts(run_->id));
  progress event;
  event.run = run_->id;
  event.state = model::run_state::done;
  event.counts = counts;
  event.text = done->last_event;
  context_.hub.publish(std::move(event));
  context_.metrics.counted(*run_->facts, counts);
  context_.metrics.run_done(*run_->facts, context_.clock.now());
  co_return true;
}

/// Whoever repairs the last segment sees at once that the run is done. Should it die in that
/// moment, somebody else has to look, and each look reads all that is unfinished.
bool run_loop::is_time_to_look_at_others() {
  const auto now = context_.clock.now();
  if (next_look_ && now < *next_look_) return false;
  next_look_ = now + (context_.mode.peers->leads() ? leader_look_interval : others_look_interval);
  return true;
}

task<void> run_loop::fail(std::string why) {
  const auto now = context_.clock.wall_now();
  auto failed =
      co_await change_run(context_.storage.runs(), run_->id, [now, why](model::repair_run run) {
        return apply(std::move(run), run_command::fail, why, now);
      });
  if (!failed && failed.error().code.category() != category()) co_return failed.error();
  run_->gone = true;
  dispatch_.drop(run_->id, stop_cause::run_aborted);
  context_.metrics.run_ended(model::run_state::error);
  base::log_error("repair", "a run failed",
                  {{"run", run_->id.value().to_string()}, {"error", why}});
  progress event;
  event.run = run_->id;
  event.state = model::run_state::error;
  event.counts = run_->counts;
  event.text = why;
  context_.hub.publish(std::move(event));
  co_return result<void>{};
}

/// The time since the last look, if the run stood still then and still does.
void run_loop::count_waiting() {
  const auto now = context_.clock.now();
  const auto since = std::exchange(looked_, now);
  const auto why = dispatch_.reason(run_->id);
  if (!why) {
    run_->stands_since.reset();
  } else if (!run_->stands_since) {
    run_->stands_since = now;
  } else if (run_->facts) {
    context_.metrics.waited(*run_->facts, why->what, now - since);
  }
}

task<void> run_loop::store_note() {
  const auto now = context_.clock.now();
  if (run_->note.empty() || now - note_stored_ < note_interval) co_return result<void>{};
  note_stored_ = now;
  const auto note = std::exchange(run_->note, {});
  auto stored = co_await change_run(context_.storage.runs(), run_->id,
                                    [note](model::repair_run run) -> result<model::repair_run> {
                                      if (!model::is_terminated(run.state)) run.last_event = note;
                                      return run;
                                    });
  if (!stored && stored.error().code == errc::unknown_run) run_->gone = true;
  if (!stored && is_storage_trouble(stored.error())) {
    // Only a text for people: the next one takes its place.
    context_.gate.failed(stored.error(), now, context_.clock.wall_now(), base::random_bits());
  }
  co_return result<void>{};
}

}  // namespace helenus::repair
