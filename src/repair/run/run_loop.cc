#include "repair/run/run_loop.h"

#include "base/log.h"
#include "base/uuid.h"
#include "cluster/errc.h"
#include "management/errc.h"
#include "repair/errc.h"
#include "repair/run/run_change.h"
#include "repair/run/run_machine.h"
#include "storage/errc.h"

#include <algorithm>
#include <unordered_set>

namespace helenus::repair {
namespace {

/// A run that is worked on is looked at this often.
constexpr std::chrono::seconds watch_interval{5};
/// The last event of a busy run is stored this often at most.
constexpr base::clock::duration note_interval = std::chrono::seconds(5);
/// Where others may store theirs: so long after the last that was seen, and up to so much longer,
/// so that they do not all do it at once.
constexpr base::clock::duration shared_note_interval = std::chrono::minutes(1);
constexpr std::chrono::milliseconds shared_note_spread = std::chrono::minutes(4);

/// With nothing left to do here: whether others have ended the run is asked this often, by the
/// instance that leads and by each other...
constexpr base::clock::duration leader_look_interval = std::chrono::minutes(1);
constexpr base::clock::duration others_look_interval = std::chrono::minutes(15);
/// ...and whether somebody wants done again what was done here.
constexpr base::clock::duration repeated_look_interval = std::chrono::minutes(15);
/// Most looks end with the first of these, since some segment is still unfinished.
constexpr std::size_t first_asked = 10;

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
    // Resumed: who works on it takes up what is in flight, to go on with it.
    if (dispatch_.works_on(run_->id)) co_return false;
    auto run = co_await context_.storage.runs().find(run_->id);
    if (!run && run.error().code == storage::errc::not_found) co_return run.error();
    const auto counts = co_await context_.storage.runs().counts(run_->id);
    if (counts && counts->running == 0) co_return false;
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
  if (run_->gone) co_return result<void>{};
  if (run->state != model::run_state::running) {
    auto stop = std::optional(stop_cause::run_aborted);
    if (run->state == model::run_state::paused) {
      stop = context_.options.pause_cancels ? std::optional(stop_cause::run_paused) : std::nullopt;
    }
    dispatch_.drop(run_->id, stop);
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
    co_await run_->changed.wait_until(context_.clock, context_.clock.now() + watch_interval);
    if (run_->place_again && *run_->place_again <= context_.clock.now()) run_->reload = true;
  }
  co_return true;
}

task<bool> run_loop::try_to_finish() {
  const auto seen = dispatch_.activity(run_->id);
  if (dispatch_.in_flight(run_->id) + seen.open + seen.delayed + seen.in_flight > 0) {
    next_look_.reset();
    next_check_.reset();
    co_return false;
  }
  if (!run_->elsewhere.empty()) {
    CO_TRY_VOID(co_await look_at_others());
    if (run_->reload || run_->gone || !run_->elsewhere.empty()) co_return false;
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
  const auto counted = co_await context_.storage.runs().counts(run_->id);
  const auto counts = counted ? *counted : run_->counts;
  progress event;
  event.run = run_->id;
  event.state = model::run_state::done;
  event.counts = counts;
  event.text = done->last_event;
  context_.hub.publish(event);
  context_.metrics.counted(*run_->facts, counts);
  context_.metrics.run_done(*run_->facts, context_.clock.now());
  co_return true;
}

/// Whoever repairs the last segment sees at once that the run is done. Should it die in that
/// moment, somebody else has to look.
task<void> run_loop::look_at_others() {
  const auto now = context_.clock.now();
  if (!next_check_ || now >= *next_check_) {
    next_check_ = now + repeated_look_interval;
    CO_TRY_VOID(co_await look_for_repeated());
  }
  if (run_->reload || (next_look_ && now < *next_look_)) co_return result<void>{};
  next_look_ = now + (context_.mode.peers->leads() ? leader_look_interval : others_look_interval);
  co_return co_await look_for_unfinished();
}

/// A segment that was done may be in line again: another instance was told so.
task<void> run_loop::look_for_repeated() {
  std::sort(run_->repaired.begin(), run_->repaired.end());
  const auto twice = std::unique(run_->repaired.begin(), run_->repaired.end());
  run_->repaired.erase(twice, run_->repaired.end());
  const auto known = run_->repaired;
  for (std::size_t first = 0; first < known.size(); first += storage::segment_store::most_asked) {
    const auto last = std::min(known.size(), first + storage::segment_store::most_asked);
    std::vector<model::segment_id> asked(known.begin() + static_cast<std::ptrdiff_t>(first),
                                         known.begin() + static_cast<std::ptrdiff_t>(last));
    CO_TRY(done, co_await context_.storage.segments().done_among(run_->id, asked));
    if (done.size() < asked.size()) {
      run_->reload = true;
      co_return result<void>{};
    }
  }
  co_return result<void>{};
}

/// One that is not there any more was split by another instance, after the ring had changed.
task<void> run_loop::check_witness(model::segment_id segment) {
  const auto found = co_await context_.storage.segments().find(run_->id, segment);
  if (found) co_return result<void>{};
  if (found.error().code != storage::errc::not_found) co_return found.error();
  run_->reload = true;
  co_return result<void>{};
}

/// Asks for some of the segments that others repair, until one is found that is not done. What is
/// done is not asked for again.
task<void> run_loop::look_for_unfinished() {
  auto most = first_asked;
  while (!run_->elsewhere.empty() && !run_->reload && !run_->gone) {
    const auto count = std::min(most, run_->elsewhere.size());
    std::vector<model::segment_id> asked(run_->elsewhere.end() - static_cast<std::ptrdiff_t>(count),
                                         run_->elsewhere.end());
    CO_TRY(done, co_await context_.storage.segments().done_among(run_->id, asked));
    const std::unordered_set<model::segment_id> ended(done.begin(), done.end());
    std::erase_if(run_->elsewhere, [&](const auto& segment) { return ended.contains(segment); });
    run_->counts.done += static_cast<int>(ended.size());
    const auto witness = std::find_if(
        asked.begin(), asked.end(), [&](const auto& segment) { return !ended.contains(segment); });
    if (witness != asked.end()) {
      CO_TRY_VOID(co_await check_witness(*witness));
      break;
    }
    most = storage::segment_store::most_asked;
  }
  context_.metrics.counted(*run_->facts, run_->counts);
  co_return result<void>{};
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
  context_.hub.publish(event);
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

/// When the next last event may be stored.
base::clock::time_point run_loop::next_note() {
  if (!run_->noted || run_->noted == paced_by_) return next_note_;
  paced_by_ = run_->noted;
  const auto spread = base::random_bits() % static_cast<std::uint64_t>(shared_note_spread.count());
  const bool alone = context_.mode.peers->is_alone();
  next_note_ = *paced_by_ +
               (alone ? note_interval : shared_note_interval + std::chrono::milliseconds(spread));
  return next_note_;
}

task<void> run_loop::store_note() {
  const auto now = context_.clock.now();
  if (run_->note.empty() || now < next_note()) co_return result<void>{};
  run_->noted = now;
  const auto note = std::exchange(run_->note, {});
  run_->last_event = note;
  auto stored = co_await change_run(context_.storage.runs(), run_->id,
                                    [note](model::repair_run run) -> result<model::repair_run> {
                                      if (!model::is_terminated(run.state)) run.last_event = note;
                                      return run;
                                    });
  if (!stored && stored.error().code == errc::unknown_run) run_->gone = true;
  if (stored) {
    context_.gate.worked();
  } else if (is_storage_trouble(stored.error())) {
    context_.gate.failed(stored.error(), now, context_.clock.wall_now(), base::random_bits());
    // Only a text for people; but where nothing can start, nothing else tells that storage is back.
    if (run_->note.empty()) run_->note = note;
  }
  co_return result<void>{};
}

}  // namespace helenus::repair
