#include "app/one_shot/one_shot_repair.h"

#include "base/uuid.h"
#include "repair/errc.h"

#include <algorithm>
#include <utility>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view owner = "helenus repair";
constexpr auto closer_look_interval = 2s;
/// A segment that failed this often is hopeless: when only such are left, the repair ends.
constexpr int attempts = 3;
/// A one-shot repair ends when nothing has moved for so long; a daemon would go on waiting.
constexpr auto patience = 30min;
constexpr std::size_t most_failures_told = 10;

}  // namespace

one_shot_repair::one_shot_repair(base::clock& clock, storage::backend& storage,
                                 cluster::cluster_service& clusters,
                                 repair::repair_service& repairs, one_shot_options options,
                                 one_shot_report& report)
    : clock_(clock),
      storage_(storage),
      clusters_(clusters),
      repairs_(repairs),
      options_(std::move(options)),
      report_(report) {}

task<void> one_shot_repair::prepare() {
  CO_TRY(cluster, co_await clusters_.add({.seed = options_.seed,
                                          .jmx_port = options_.jmx_port,
                                          .jmx_username = options_.username,
                                          .expected_name = {}}));
  // The state file may be older than this command's way to reach the nodes.
  cluster.jmx_port = options_.jmx_port;
  cluster.jmx_username = options_.username;
  CO_TRY(updated, co_await clusters_.update(std::move(cluster)));
  cluster_ = std::move(updated);
  if (options_.keyspace.empty()) {
    CO_TRY(all, co_await clusters_.keyspaces(cluster_.name));
    keyspaces_ = std::move(all);
  } else {
    keyspaces_ = {options_.keyspace};
  }
  CO_TRY(stored, co_await unfinished_repair());
  CO_TRY_VOID(co_await check_same_request(stored));
  if (stored.empty()) {
    cause_ = "segments per node " + std::to_string(options_.segments_per_node) + ", started " +
             std::to_string(clock_.wall_now().time_since_epoch().count());
  }
  co_return result<void>{};
}

/// All runs of the newest command in the state file, when at least one of them has not ended.
task<std::vector<model::repair_run>> one_shot_repair::unfinished_repair() {
  CO_TRY(newest_first,
         co_await storage_.runs().list(
             {.cluster_name = cluster_.name, .keyspace = {}, .unit = {}, .states = {}}));
  std::vector<model::repair_run> newest;
  for (auto& run : newest_first) {
    if (run.owner != owner) continue;
    if (!newest.empty() && run.cause != newest.front().cause) break;
    newest.push_back(std::move(run));
  }
  const bool ended = std::all_of(newest.begin(), newest.end(), [](const auto& run) {
    return run.state == model::run_state::done || run.state == model::run_state::aborted;
  });
  if (ended) newest.clear();
  co_return newest;
}

task<void> one_shot_repair::check_same_request(const std::vector<model::repair_run>& stored) {
  for (const auto& run : stored) {
    CO_TRY(unit, co_await storage_.runs().find_unit(run.unit));
    const bool same =
        unit.tables == options_.tables && unit.datacenters == options_.datacenters &&
        run.parallelism == options_.parallelism &&
        std::find(keyspaces_.begin(), keyspaces_.end(), unit.keyspace) != keyspaces_.end() &&
        run.cause.starts_with("segments per node " + std::to_string(options_.segments_per_node) +
                              ",");
    if (!same) {
      co_return error{repair::errc::unit_busy, "the state file '" + options_.state_file +
                                                   "' holds an unfinished repair of keyspace '" +
                                                   unit.keyspace + "' with other options"};
    }
    cause_ = run.cause;
    runs_[run.id] = {.keyspace = unit.keyspace, .state = run.state, .counts = {}, .last_event = {}};
  }
  co_return result<void>{};
}

task<one_shot_outcome> one_shot_repair::run() {
  begun_ = moved_ = clock_.now();
  const bool resumed = !runs_.empty();
  CO_TRY_VOID(co_await plan_missing());
  std::vector<repair::run_report> reports;
  for (auto& [id, run] : runs_) {
    CO_TRY(found, co_await repairs_.find(id));
    run.counts = found.counts;
    run.state = found.run.state;
    reports.push_back(std::move(found));
  }
  report_.planned(cluster_, reports, resumed);
  CO_TRY_VOID(co_await follow());
  report_.advanced(view());
  co_return outcome();
}

task<void> one_shot_repair::count_again(one_shot_outcome& outcome) {
  for (auto& [id, run] : runs_) {
    CO_TRY(found, co_await repairs_.find(id));
    run.counts = found.counts;
  }
  outcome.progress = view();
  co_return result<void>{};
}

task<void> one_shot_repair::plan_missing() {
  for (const auto& keyspace : keyspaces_) {
    const bool planned = std::any_of(runs_.begin(), runs_.end(), [&](const auto& run) {
      return run.second.keyspace == keyspace;
    });
    if (planned) continue;
    repair::run_request request;
    request.cluster_name = cluster_.name;
    request.keyspace = keyspace;
    request.tables = options_.tables;
    request.datacenters = options_.datacenters;
    request.owner = owner;
    request.cause = cause_;
    request.segments_per_node = options_.segments_per_node;
    request.parallelism = options_.parallelism;
    request.intensity = options_.intensity;
    auto created = co_await repairs_.create(std::move(request));
    // Without --keyspace, what has nothing to repair (no tables, no replica) is passed over.
    if (!created && created.error().code == repair::errc::nothing_to_repair &&
        options_.keyspace.empty()) {
      continue;
    }
    if (!created) co_return created.error();
    runs_[created->run.id] = {
        .keyspace = keyspace, .state = created->run.state, .counts = {}, .last_event = {}};
  }
  if (runs_.empty()) {
    co_return error{repair::errc::nothing_to_repair,
                    "cluster '" + cluster_.name + "' has no keyspace that can be repaired"};
  }
  co_return result<void>{};
}

task<void> one_shot_repair::start_runs() {
  for (auto& [id, run] : runs_) {
    if (model::is_terminated(run.state) && run.state != model::run_state::error) continue;
    CO_TRY(adjusted, co_await repairs_.find(id));
    if (adjusted.run.intensity != options_.intensity) {
      CO_TRY_VOID(co_await repairs_.set_intensity(id, options_.intensity));
    }
    if (run.state == model::run_state::running) continue;  // the engine took it up by itself
    auto started = co_await repairs_.start(id);
    if (!started) co_return with_context(started.error(), "keyspace '" + run.keyspace + "'");
    run.state = started->run.state;
  }
  co_return result<void>{};
}

task<void> one_shot_repair::follow() {
  const auto events = repairs_.subscribe(std::nullopt);
  CO_TRY_VOID(co_await start_runs());
  auto looked = clock_.now();
  auto drawn = looked;
  while (!is_over() && !stopping_) {
    auto event = co_await base::with_timeout(clock_, events->next(), report_.pace(), "progress");
    if (event) {
      take(*event);
    } else if (event.error().code != base::errc::timed_out) {
      co_return event.error();
    }
    if (clock_.now() - looked >= closer_look_interval) {
      looked = clock_.now();
      CO_TRY_VOID(co_await look_closer());
    }
    if (clock_.now() - drawn >= report_.pace()) {  // a stream of events must not keep it from that
      drawn = clock_.now();
      rate_.add(view().elapsed, view().done);
      report_.advanced(view());
    }
  }
  if (stopping_) report_.interrupted();
  co_return result<void>{};
}

/// Events can be missed; what storage says can not. Also finds out what a run waits for.
task<void> one_shot_repair::look_closer() {
  std::vector<run_wait> waits;
  for (auto& [id, run] : runs_) {
    auto found = co_await repairs_.find(id);
    if (!found) {
      if (base::is_transient(found.error())) continue;
      co_return found.error();
    }
    if (found->counts.done != run.counts.done) moved_ = clock_.now();
    run.counts = found->counts;
    run.state = found->run.state;
    run.last_event = found->run.last_event;
    if (found->waiting) waits.push_back({id, run.keyspace, std::move(*found->waiting)});
  }
  waits_ = waits;
  for (const auto& wait : news_.looked(std::move(waits), clock_.now())) report_.waiting(wait);
  co_return result<void>{};
}

void one_shot_repair::take(const repair::progress& event) {
  const auto run = runs_.find(event.run);
  if (run == runs_.end()) return;
  run->second.counts = event.counts;
  run->second.state = event.state;
  if (event.segment) take_segment(event, run->second.keyspace);
  report_.happened(event, run->second.keyspace);
}

/// A segment that is tried in vain again and again is nothing that moves.
void one_shot_repair::take_segment(const repair::progress& event, const std::string& keyspace) {
  using kind = repair::progress::kind;
  const auto segment = *event.segment;
  switch (event.what) {
    case kind::segment_started:
      if (!is_hopeless(segment)) {
        moved_ = clock_.now();
      } else {
        retried_.insert(segment);
      }
      break;
    case kind::segment_done:
      moved_ = clock_.now();
      failures_.erase(segment);
      retried_.erase(segment);
      break;
    case kind::segment_postponed:
      if (!is_hopeless(segment)) moved_ = clock_.now();
      ++failures_[segment];
      failure_texts_[segment] = keyspace + ": " + event.text;
      retried_.erase(segment);
      break;
    case kind::run_changed:
      break;
  }
}

bool one_shot_repair::is_hopeless(const model::segment_id& segment) const {
  const auto found = failures_.find(segment);
  return found != failures_.end() && found->second >= attempts;
}

bool one_shot_repair::is_over() const {
  const bool ended = std::all_of(runs_.begin(), runs_.end(), [](const auto& run) {
    return model::is_terminated(run.second.state);
  });
  return ended || is_given_up();
}

bool one_shot_repair::is_given_up() const {
  const auto now = view();
  // Of many hopeless segments one is being tried again at any time: that is not waited for.
  const auto hopeless = std::count_if(failures_.begin(), failures_.end(),
                                      [](const auto& entry) { return entry.second >= attempts; });
  if (hopeless > 0 && now.total - now.done == hopeless) return true;
  if (now.running > static_cast<int>(retried_.size())) return false;
  return clock_.now() - moved_ > patience;
}

progress_view one_shot_repair::view() const {
  progress_view now;
  for (const auto& [id, run] : runs_) {
    now.total += run.counts.total;
    now.done += run.counts.done;
    now.running += run.counts.running;
    now.failed_before += run.counts.failed_before;
  }
  now.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - begun_);
  now.rate = rate_.per_second();
  now.remaining = rate_.remaining(now.total - now.done);
  return now;
}

one_shot_outcome one_shot_repair::outcome() const {
  one_shot_outcome end;
  end.progress = view();
  const bool done = std::all_of(runs_.begin(), runs_.end(), [](const auto& run) {
    return run.second.state == model::run_state::done;
  });
  const bool ended = is_over();
  end.exit_code = done ? exit_repaired : ended ? exit_segments_failed : exit_interrupted;
  if (done) return end;
  for (const auto& [id, run] : runs_) {
    if (run.state == model::run_state::error) {
      end.failures.push_back(run.keyspace + ": " + run.last_event);
    }
  }
  for (const auto& [segment, text] : failure_texts_) {
    if (end.failures.size() >= most_failures_told) break;
    if (failures_.contains(segment)) end.failures.push_back(text);
  }
  if (end.exit_code == exit_segments_failed && end.failures.empty() && !waits_.empty()) {
    end.failures.push_back("nothing moved for " + base::to_text(patience) + ": " +
                           waiting_sentence(waits_.front()));
  }
  end.resume_hint =
      options_.state_file.empty()
          ? "What is missing starts from the beginning next time; with --state FILE a "
            "repair goes on where it stopped."
          : "The same command goes on where it stopped.";
  return end;
}

}  // namespace helenus::app
