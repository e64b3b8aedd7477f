#include "repair/segment/segment_runner.h"

#include "base/assert.h"
#include "base/log.h"
#include "base/overload.h"
#include "base/uuid.h"
#include "management/errc.h"
#include "storage/errc.h"

#include <algorithm>

namespace helenus::repair {
namespace {

/// Whether the node may have begun although the call failed.
bool may_have_started(const error& failure) {
  using management::errc;
  return failure.code == errc::start_uncertain || failure.code == errc::call_timed_out ||
         failure.code == errc::connection_lost || failure.code == errc::unexpected_answer ||
         failure.code == base::errc::timed_out || failure.code == base::errc::closed;
}

/// Whether another coordinator may do better at once.
bool is_about_the_coordinator(const error& failure) {
  using management::errc;
  return failure.code == errc::node_unreachable || failure.code == errc::authentication_failed ||
         failure.code == errc::tls_failed || failure.code == errc::not_a_node ||
         failure.code == errc::wrong_node;
}

/// A whole node has this many times the unit's timeout, as with Reaper.
constexpr int node_patience = 10;

segment_patience patience_for(const segment_job& job, const repair_options& options,
                              base::clock::wall_time now) {
  segment_patience patience;
  patience.attempt = job.run->unit.timeout * (job.row.fail_count + 1);
  if (job.row.node) patience.attempt *= node_patience;
  if (job.orphan && job.row.start_time) {
    // Nothing, by a calendar that was put back.
    const auto spent =
        std::max(base::clock::duration::zero(), base::clock::duration(now - *job.row.start_time));
    const base::clock::duration least = options.call_timeout + options.settling;
    patience.attempt = std::max(least, patience.attempt - spent);
  }
  patience.other_half = options.other_half;
  patience.settling = options.settling;
  patience.ask_interval = options.ask_interval;
  patience.silence = options.silence;
  patience.unreachable = options.unreachable;
  patience.unreachable_when_down = options.unreachable_when_down;
  patience.unknown_limit = options.unknown_limit;
  return patience;
}

}  // namespace

segment_runner::segment_runner(boost::asio::any_io_executor executor, base::clock& clock,
                               storage::segment_store& store, storage_gate& gate,
                               segment_host& host, const repair_options& options, segment_job job)
    : clock_(clock),
      store_(store),
      gate_(gate),
      host_(host),
      options_(options),
      job_(std::move(job)),
      machine_(patience_for(job_, options, clock.wall_now())),
      keeper_(executor, clock, store, gate, options),
      group_(executor),
      wake_(executor),
      row_(job_.row) {
  keeper_.begin(row_);
  keeper_.on_stored = [this](const model::repair_segment& row) {
    row_.stored = row.stored;
    host_.row_stored(row);
  };
  keeper_.on_settled = [this] { wake_.set(); };
  keeper_.on_lost = [this] { feed(row_taken{}); };
}

task<segment_result> segment_runner::run() {
  group_.spawn("keep row", keeper_.run());
  phase_since_ = clock_.wall_now();
  static_cast<void>(co_await base::finally(drive(), [this] { return tidy_up(); }));
  result_.row = row_;
  co_return std::move(result_);
}

task<void> segment_runner::drive() {
  segment_event first = segment_claimed{};
  if (job_.orphan) {
    claimed_ = true;
    first = origin_unknown{};
    if (*job_.orphan == orphan_choice::attach) {
      worked_since_ = clock_.now();
      first = attach_requested{};
    }
  }
  events_.push_front(std::move(first));  // before a stop that was asked for already
  while (!finished_) {
    co_await next_event();
    segment_event happened = time_passed{};
    if (!events_.empty()) {
      happened = std::move(events_.front());
      events_.pop_front();
    }
    const auto before = machine_.current();
    auto actions = machine_.on(happened, clock_.now());
    if (machine_.current() != before) phase_since_ = clock_.wall_now();
    log_step(happened, before, actions.size());
    for (auto& action : actions) co_await carry_out(std::move(action));
  }
  // The row is kept while the replicas work on the next segment already.
  while (!keeper_.is_settled() && !keeper_.lost() && !abandoned_) {
    co_await wake_.wait();
  }
  if (keeper_.lost()) result_.outcome = segment_outcome::lost;
  co_return result<void>{};
}

boost::asio::awaitable<void> segment_runner::next_event() {
  while (events_.empty()) {
    const auto when = machine_.wake_at();
    if (when && *when <= clock_.now()) co_return;
    if (when) {
      co_await wake_.wait_until(clock_, *when);
    } else {
      co_await wake_.wait();
    }
  }
}

boost::asio::awaitable<void> segment_runner::tidy_up() {
  group_.cancel();
  static_cast<void>(co_await group_.join());
  if (session_) {
    static_cast<void>(co_await base::with_timeout(clock_, session_->close(), options_.call_timeout,
                                                  "a repair session to close"));
  }
}

void segment_runner::feed(segment_event happened) {
  events_.push_back(std::move(happened));
  wake_.set();
}

void segment_runner::stop(stop_cause cause) {
  stop_wanted_ = true;
  feed(stop_requested{cause});
}

void segment_runner::abandon_row() {
  abandoned_ = true;
  wake_.set();
}

boost::asio::awaitable<void> segment_runner::carry_out(segment_action action) {
  if (std::holds_alternative<start_command>(action)) {
    static_cast<void>(co_await start());
    co_return;
  }
  std::visit(base::overload{
                 [](const start_command&) {},
                 [this](const attach_command&) { group_.spawn("attach", attach(*row_.command)); },
                 [this](const ask_node&) { group_.spawn("ask", ask()); },
                 [this](const look_for_command&) { group_.spawn("look", look()); },
                 [this](const stop_command&) { group_.spawn("cancel", cancel(*row_.command)); },
                 [this](const keep_row& what) { keep(what.state); },
                 [this](const end_segment& ended) { finish(ended); },
             },
             action);
}

task<void> segment_runner::start() {
  error last = management::errc::node_unreachable;
  for (const auto& address : job_.coordinators) {
    if (stop_wanted_) break;
    auto told = co_await try_coordinator(address);
    if (told) co_return told;
    last = told.error();
    host_.coordinator_failed(address, last);
    if (may_have_started(last)) {
      feed(command_uncertain{address + ": " + last.message()});
      co_return result<void>{};
    }
    if (is_about_the_coordinator(last)) continue;
    if (last.code == management::errc::unknown_keyspace) result_.cause = release_cause::incurable;
    feed(command_refused{address + ": " + last.message(), true});
    co_return result<void>{};
  }
  if (result_.cause == release_cause::none) {
    result_.cause = stop_wanted_ ? release_cause::stopped : release_cause::coordinators_unreachable;
  }
  feed(command_refused{stop_wanted_ ? "stopped" : last.message(), false});
  co_return result<void>{};
}

/// Succeeds when an event was fed: the command was accepted, or the claim could not be stored.
task<void> segment_runner::try_coordinator(model::node_address address) {
  auto stored = co_await store_claim(address);
  if (!stored) {
    if (is_storage_trouble(stored.error())) {
      gate_.failed(stored.error(), clock_.now(), clock_.wall_now(), base::random_bits());
      result_.cause = release_cause::storage;
      feed(command_refused{stored.error().message(), false});
    } else {
      feed(row_taken{});
    }
    co_return result<void>{};
  }
  const auto client = host_.client(address);
  const auto asked = clock_.now();
  CO_TRY(session,
         co_await base::with_timeout(clock_, client->start_repair(request()), options_.call_timeout,
                                     "node " + address + " to accept a repair"));
  worked_since_ = asked;
  const auto command = session->command();
  if (command.number != 0) row_.command = command;
  // In this order: a short command may have ended already, and the session then tells all at once.
  feed(command_accepted{command});
  follow(std::move(session));
  co_return result<void>{};
}

task<void> segment_runner::store_claim(model::node_address address) {
  auto next = row_;
  next.state = model::segment_state::started;
  if (next.node) next.node->address = address;
  next.coordinator = std::move(address);
  next.command.reset();
  next.start_time = clock_.wall_now();
  next.end_time.reset();
  next.next_attempt.reset();
  CO_TRY(version, co_await store_.replace(next));
  gate_.worked();
  next.stored = version;
  row_ = std::move(next);
  keeper_.begin(row_);
  claimed_ = true;
  co_return result<void>{};
}

management::repair_request segment_runner::request() const {
  const auto& unit = job_.run->unit;
  management::repair_request what;
  what.keyspace = unit.keyspace;
  what.tables = job_.run->tables;
  what.ranges = row_.node ? job_.node_ranges : row_.ranges;
  what.incremental = unit.incremental;
  // Cassandra's incremental sessions are consistent only when all replicas work at once.
  what.parallelism = unit.incremental ? model::repair_parallelism::parallel : job_.run->parallelism;
  what.job_threads = unit.repair_thread_count;
  what.datacenters.assign(unit.datacenters.begin(), unit.datacenters.end());
  HELENUS_ASSERT(!what.tables.empty() && !what.ranges.empty());
  return what;
}

void segment_runner::follow(std::unique_ptr<management::repair_session> session) {
  session_ = std::move(session);
  if (session_->command().number != 0) group_.spawn("listen", listen());
}

task<void> segment_runner::listen() {
  while (true) {
    auto said = co_await session_->next();
    if (said) {
      feed(node_said{std::move(*said)});
      continue;
    }
    feed(node_silent{said.error().message(), host_.is_down(coordinator())});
    co_await clock_.sleep_for(options_.ask_interval);
  }
}

task<void> segment_runner::attach(model::command_reference command) {
  while (!finished_) {
    const auto client = host_.client(coordinator());
    auto session =
        co_await base::with_timeout(clock_, client->attach(command), options_.call_timeout,
                                    "node " + coordinator() + " to be attached to");
    if (session) {
      follow(std::move(*session));
      co_return result<void>{};
    }
    feed(node_silent{session.error().message(), host_.is_down(coordinator())});
    co_await clock_.sleep_for(options_.ask_interval);
  }
  co_return result<void>{};
}

task<void> segment_runner::ask() {
  if (!session_) {
    feed(ask_failed{"the coordinator " + coordinator() + " is not connected"});
    co_return result<void>{};
  }
  auto answer = co_await base::with_timeout(clock_, session_->ask(), options_.call_timeout,
                                            "node " + coordinator() + " to say how a repair is");
  if (answer) {
    feed(node_said{std::move(*answer)});
  } else {
    feed(ask_failed{answer.error().message()});
  }
  co_return result<void>{};
}

task<void> segment_runner::look() {
  if (job_.orphan == orphan_choice::again) {
    feed(coordinator_runs{.conclusive = true});
    co_return result<void>{};
  }
  const auto client = host_.client(coordinator());
  auto running = co_await base::with_timeout(clock_, client->running_repairs(),
                                             options_.call_timeout, "node " + coordinator());
  if (!running) {
    // What the others call dead repairs nothing for us.
    if (host_.is_down(coordinator())) {
      feed(coordinator_runs{.conclusive = true});
    } else {
      feed(ask_failed{running.error().message()});
    }
    co_return result<void>{};
  }
  const auto known = host_.commands_on(coordinator());
  coordinator_runs seen;
  for (const auto& repair : *running) {
    const bool ours = std::any_of(
        known.begin(), known.end(),
        [&](const model::command_reference& command) { return command.number == repair.number; });
    if (ours) continue;
    ++seen.unknown;
    if (!worked_since_) worked_since_ = clock_.now();
    seen.numbers += (seen.numbers.empty() ? "" : ", ") + std::to_string(repair.number);
  }
  feed(std::move(seen));
  co_return result<void>{};
}

/// Its end may be heard before this begins, and the row has no command any more.
task<void> segment_runner::cancel(model::command_reference command) {
  if (finished_) co_return result<void>{};
  const auto client = host_.client(coordinator());
  auto outcome =
      co_await base::with_timeout(clock_, client->cancel(command, {command}), options_.call_timeout,
                                  "node " + coordinator() + " to stop a repair");
  if (outcome) {
    feed(command_stopped{*outcome});
  } else {
    feed(stop_failed{outcome.error().message()});
  }
  co_return result<void>{};
}

model::node_address segment_runner::coordinator() const {
  if (row_.command) {
    auto now = host_.address_of(row_.command->coordinator);
    if (!now.empty()) return now;
  }
  return row_.coordinator.value_or(model::node_address());
}

void segment_runner::keep(model::segment_state state) {
  row_.state = state;
  keeper_.keep(row_);
}

void segment_runner::finish(const end_segment& ended) {
  finished_ = true;
  result_.outcome = ended.outcome;
  result_.why = ended.why;
  result_.coordinator = coordinator();
  using enum segment_outcome;
  if (ended.outcome == lost || ended.outcome == left) return;  // its command may go on
  const auto now = clock_.now();
  host_.command_ended(row_.id, worked_since_ ? now - *worked_since_ : base::clock::duration{});
  if (ended.outcome == done) {
    row_.command.reset();
    row_.end_time = clock_.wall_now();
    row_.last_error.clear();
    return keep(model::segment_state::done);
  }
  if (!claimed_) return;
  row_.command.reset();
  row_.coordinator.reset();
  row_.start_time.reset();
  row_.next_attempt.reset();
  if (ended.outcome == postponed) {
    ++row_.fail_count;
    row_.last_error = ended.why;
    row_.next_attempt =
        clock_.wall_now() + base::backoff_delay(options_.segment_retry,
                                                static_cast<unsigned>(row_.fail_count),
                                                base::random_bits());
  } else if (result_.cause == release_cause::none) {
    result_.cause = release_cause::stopped;
  }
  keep(model::segment_state::not_started);
}

void segment_runner::log_step(const segment_event& happened, segment_machine::phase before,
                              std::size_t actions) const {
  if (!base::log_enabled(base::level::debug)) return;
  base::log_debug("repair", "segment step",
                  {{"segment", row_.id.value().to_string()},
                   {"event", std::string(name_of(happened))},
                   {"from", std::string(to_string(before))},
                   {"to", std::string(to_string(machine_.current()))},
                   {"actions", std::to_string(actions)}});
}

}  // namespace helenus::repair
