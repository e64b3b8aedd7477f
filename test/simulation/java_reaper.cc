#include "java_reaper.h"

#include "model/range_arithmetic.h"
#include "storage/errc.h"
#include "support/run.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <variant>

namespace helenus::test {
namespace {

using namespace std::chrono_literals;
using model::run_state;
using model::segment_state;

constexpr auto tick_interval = 10s;
constexpr auto look_interval = 10s;
constexpr auto beat_check = 10s;
constexpr auto beat_interval = 60s;
constexpr auto renewal_interval = 60s;
constexpr auto sleep_after_postpone = 10s;
/// Between two reads that are one question: others may write meanwhile.
constexpr auto call_time = 5ms;

bool is_in_flight(const model::repair_segment& row) {
  return row.state == segment_state::started || row.state == segment_state::running;
}

}  // namespace

java_reaper::java_reaper(surroundings world, model::uuid id, std::optional<model::host_id> beside)
    : world_(world), who_{id, "reaper"}, beside_(std::move(beside)), random_(7) {}

java_reaper::~java_reaper() {
  if (alive_) crash();
}

void java_reaper::start() {
  HELENUS_ASSERT(!alive_);
  alive_ = true;
  distributed_ = beside_.has_value();
  runs_.clear();
  group_ = std::make_unique<base::task_group>(world_.context.get_executor());
  boost::asio::co_spawn(
      world_.context, live(),
      boost::asio::bind_cancellation_slot(
          kill_.slot(), [this](std::exception_ptr, const result<void>&) { alive_ = false; }));
}

void java_reaper::crash() {
  kill_.emit(boost::asio::cancellation_type::terminal);
  world_.clock.run_until(world_.context, world_.clock.now() + 60s, [this] { return !alive_; });
  HELENUS_ASSERT(!alive_);
  group_.reset();
}

void java_reaper::stop() {
  crash();
  static_cast<void>(
      test::run(world_.context, world_.clock, world_.storage.instances()->leave(who_.id)));
}

task<void> java_reaper::live() {
  co_await world_.clock.sleep_for(1ms);
  CO_TRY_VOID(co_await resume_runs());
  group_->spawn("beat", beat());
  group_->spawn("look for runs", look_for_runs());
  group_->spawn("work on runs", work_on_runs());
  co_return co_await group_->join();
}

task<void> java_reaper::beat() {
  base::clock::time_point next{};
  while (true) {
    if (world_.clock.now() >= next) {
      static_cast<void>(co_await world_.storage.instances()->beat(who_));
      next = world_.clock.now() + beat_interval;
    }
    const auto alive = co_await world_.storage.instances()->alive();
    distributed_ = distributed_ || (alive && alive->size() > 1);
    co_await world_.clock.sleep_for(beat_check);
  }
}

/// Only when it has seen others, and for ever from then on.
task<void> java_reaper::look_for_runs() {
  while (true) {
    co_await world_.clock.sleep_for(look_interval);
    if (distributed_) static_cast<void>(co_await resume_runs());
  }
}

task<void> java_reaper::resume_runs() {
  storage::run_filter filter;
  filter.states = {run_state::running};
  CO_TRY(running, co_await world_.storage.runs().list(filter));
  for (const auto& run : running) {
    CO_TRY(rows, co_await world_.storage.segments().of_run(run.id));
    co_await world_.clock.sleep_for(call_time);
    CO_TRY(held, co_await world_.storage.leases()->held(run.id));
    std::set<model::segment_id> leased;
    for (const auto& each : held) leased.insert(each.segment);
    for (const auto& row : rows) {
      if (!is_in_flight(row) || leased.contains(row.id)) continue;
      static_cast<void>(co_await put_back(run.id, row.id));
    }
    runs_.insert(run.id);
  }
  co_return result<void>{};
}

task<void> java_reaper::work_on_runs() {
  while (true) {
    for (const auto& run : std::set(runs_)) static_cast<void>(co_await tick(run));
    co_await world_.clock.sleep_for(tick_interval);
  }
}

task<void> java_reaper::tick(model::run_id id) {
  CO_TRY(run, co_await world_.storage.runs().find(id));
  if (model::is_terminated(run.state)) runs_.erase(id);
  if (run.state != run_state::running) co_return result<void>{};
  CO_TRY(held, co_await world_.storage.leases()->held(id));
  CO_TRY(rows, co_await world_.storage.segments().of_run(id));
  const bool is_done =
      std::ranges::all_of(rows, [](const auto& row) { return row.state == segment_state::done; });
  if (is_done) co_return co_await end(id);
  std::erase_if(rows, [&](const model::repair_segment& row) {
    const auto is_held = [&](const model::replica& replica) {
      return std::ranges::find(held, replica.address, &storage::held_node::node) != held.end();
    };
    return row.state != segment_state::not_started || !may_repair(row) ||
           std::ranges::any_of(*row.replicas, is_held);
  });
  if (rows.empty()) co_return result<void>{};
  auto chosen = rows[random_() % rows.size()];
  group_->spawn("repair", repair(std::move(chosen)));
  co_return result<void>{};
}

task<void> java_reaper::end(model::run_id id) {
  runs_.erase(id);
  while (true) {
    CO_TRY(run, co_await world_.storage.runs().find(id));
    if (model::is_terminated(run.state)) co_return result<void>{};
    run.state = run_state::done;
    run.end_time = world_.clock.wall_now();
    run.last_event = "All done";
    const auto written = co_await world_.storage.runs().replace(std::move(run));
    if (written || written.error().code != storage::errc::superseded) co_return result<void>{};
  }
}

storage::node_lease java_reaper::lease_of(const model::repair_segment& row) const {
  storage::node_lease lease{row.run, row.id, {}};
  for (const auto& replica : *row.replicas) lease.nodes.push_back(replica.address);
  return lease;
}

task<void> java_reaper::repair(model::repair_segment row) {
  auto& leases = *world_.storage.leases();
  const auto lease = lease_of(row);
  const auto answer = co_await leases.take(who_, lease, {}, {});
  if (!answer || !answer->taken) co_return result<void>{};
  const auto now = co_await world_.storage.segments().find(row.run, row.id);
  if (!now || now->state != segment_state::not_started) {
    co_await world_.clock.sleep_for(sleep_after_postpone);
    co_return co_await leases.release(who_, lease);
  }
  const auto coordinator = choose_coordinator(row);
  static_cast<void>(co_await write_over(row.run, row.id, [&](model::repair_segment& next) {
    next.state = segment_state::started;
    next.coordinator = coordinator;
    next.start_time = world_.clock.wall_now();
  }));
  const auto succeeded = co_await follow(row, coordinator);
  if (succeeded && *succeeded) {
    ++repaired_;
    static_cast<void>(co_await write_over(row.run, row.id, [&](model::repair_segment& next) {
      next.state = segment_state::done;
      next.coordinator = coordinator;
      if (!next.start_time) next.start_time = world_.clock.wall_now();
      next.end_time = world_.clock.wall_now();
    }));
    static_cast<void>(co_await leases.renew(who_, lease));
  } else {
    const auto found = co_await world_.storage.segments().find(row.run, row.id);
    if (found && found->state != segment_state::done) {
      static_cast<void>(co_await put_back(row.run, row.id));
    }
    co_await world_.clock.sleep_for(sleep_after_postpone);
  }
  co_return co_await leases.release(who_, lease);
}

task<bool> java_reaper::follow(model::repair_segment row, model::node_address coordinator) {
  CO_TRY(run, co_await world_.storage.runs().find(row.run));
  CO_TRY(unit, co_await world_.storage.runs().find_unit(run.unit));
  management::repair_request what;
  what.keyspace = unit.keyspace;
  what.tables = run.tables;
  what.ranges = row.ranges;
  what.parallelism = run.parallelism;
  const auto client = world_.cassandra.client(world_.cassandra.registration(), coordinator);
  CO_TRY(session, co_await client->start_repair(what));
  while (true) {
    const auto said = co_await base::with_timeout(world_.clock, session->next(), renewal_interval,
                                                  "a notification");
    const auto kept = co_await world_.storage.leases()->renew(who_, lease_of(row));
    if (!said) continue;
    if (std::holds_alternative<model::command_succeeded>(*said)) {
      const auto now = co_await world_.storage.segments().find(row.run, row.id);
      co_return kept && *kept&& now&& is_in_flight(*now);
    }
    if (std::holds_alternative<model::command_failed>(*said) ||
        std::holds_alternative<model::command_completed>(*said)) {
      co_return false;
    }
  }
}

template <class Change>
task<void> java_reaper::write_over(model::run_id run, model::segment_id segment, Change change) {
  while (true) {
    CO_TRY(row, co_await world_.storage.segments().find(run, segment));
    row.command.reset();
    row.next_attempt.reset();
    change(row);
    const auto written = co_await world_.storage.segments().replace(std::move(row));
    if (written || written.error().code != storage::errc::superseded) co_return result<void>{};
  }
}

task<void> java_reaper::put_back(model::run_id run, model::segment_id segment) {
  co_return co_await write_over(run, segment, [](model::repair_segment& next) {
    next.state = segment_state::not_started;
    next.coordinator.reset();
    next.start_time.reset();
    next.end_time.reset();
    ++next.fail_count;
  });
}

std::vector<model::replica> java_reaper::replicas_now(const model::repair_segment& row) {
  const auto ring = *world_.cassandra.keyspace_ring("shop");
  return *model::find_range(ring, model::advance(row.ranges.front().start, 1, ring.kind)).replicas;
}

model::node_address java_reaper::own_node() {
  for (const auto& node : world_.cassandra.ring().nodes) {
    if (node.id == beside_) return node.address;
  }
  return {};
}

bool java_reaper::may_repair(const model::repair_segment& row) {
  if (!beside_) return true;
  const auto replicas = replicas_now(row);
  return std::ranges::find(replicas, own_node(), &model::replica::address) != replicas.end();
}

model::node_address java_reaper::choose_coordinator(const model::repair_segment& row) {
  if (beside_) return own_node();
  const auto replicas = replicas_now(row);
  return replicas[random_() % replicas.size()].address;
}

}  // namespace helenus::test
