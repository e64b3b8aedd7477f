#include "app/startup.h"

#include "app/missing_part.h"
#include "base/assert.h"
#include "base/log.h"
#include "base/overload.h"
#include "base/uuid.h"

namespace helenus::app {

namespace actions = startup_actions;
namespace events = startup_events;

// One step and a few signals: more events than this at once cannot be.
constexpr std::size_t event_capacity = 64;

startup::startup(boost::asio::any_io_executor executor, base::clock& clock, startup_steps steps,
                 base::backoff_options retry)
    : executor_(executor),
      clock_(clock),
      steps_(std::move(steps)),
      retry_(retry),
      events_(executor, event_capacity),
      steps_group_(executor),
      drain_group_(executor) {
  status_.since = clock_.wall_now();
}

task<int> startup::run() {
  co_return co_await base::finally(loop(), [this] { return end_children(); });
}

task<void> startup::end_children() {
  steps_group_.cancel();
  drain_group_.cancel();
  co_await steps_group_.join();
  co_await drain_group_.join();
  co_return result<void>{};
}

task<int> startup::loop() {
  happen(events::begin{});
  while (!exit_code_) {
    CO_TRY(event, co_await events_.next());
    const auto before = machine_.state();
    const auto todo = machine_.on(event);
    if (machine_.state() != before) {
      status_.since = clock_.wall_now();
      // Attempts that follow a failed one would fill the log for hours; /status has them.
      const bool again = machine_.failed_attempts() > 0 && machine_.state() < startup_state::ready;
      base::write_log(
          again ? base::level::debug : base::level::info, "app", "the state of the process changed",
          {{"from", std::string(to_text(before))}, {"to", std::string(to_text(machine_.state()))}});
    }
    show();
    for (const auto& action : todo) carry_out(action, steps_group_);
  }
  co_return *exit_code_;
}

void startup::request_stop() { happen(events::stop_requested{}); }

void startup::happen(startup_event event) {
  if (!events_.push(std::move(event))) {
    base::log_warn("app", "too many signals at once; one was ignored");
  }
}

void startup::show() {
  status_.state = machine_.state();
  status_.waiting_for = !machine_.missing().empty() && machine_.state() < startup_state::ready
                            ? machine_.missing()
                            : std::string(work_of(machine_.state()));
  status_.last_error = machine_.last_error();
  status_.failed_attempts = machine_.failed_attempts();
  if (!machine_.waits_for_retry()) status_.next_attempt.reset();
}

void startup::carry_out(const startup_action& action, base::task_group& group) {
  std::visit(base::overload{
                 [&](const actions::listen&) {
                   if (auto outcome = steps_.listen(); outcome) {
                     happen(events::listening{});
                   } else {
                     base::log_error("app", "a port cannot be opened",
                                     {{"error", outcome.error().message()}});
                     happen(events::cannot_listen{outcome.error().message()});
                   }
                 },
                 [&](const actions::open_storage&) {
                   begin_step(group, "open storage", steps_.open_storage());
                 },
                 [&](const actions::migrate&) { begin_step(group, "migrate", steps_.migrate()); },
                 [&](const actions::join&) { begin_step(group, "join", steps_.join()); },
                 [&](const actions::recover&) { begin_step(group, "recover", steps_.recover()); },
                 [&](const actions::wait_for_retry& wait) {
                   group.spawn("wait for retry", wait_for_retry(wait.attempt));
                 },
                 [&](const actions::stop_steps&) { group.cancel(); },
                 [&](const actions::drain&) { drain_group_.spawn("drain", drain()); },
                 [&](const actions::cut_drain_short&) {
                   base::log_warn("app", "told again to stop: running work is left as it is");
                   drain_group_.cancel();
                   happen(events::drained{});
                 },
                 [&](const actions::exit& end) { exit_code_ = end.code; },
             },
             action);
}

void startup::begin_step(base::task_group& group, const char* name, task<void> step) {
  group.spawn(name, report(name, std::move(step)));
}

task<void> startup::report(const char* name, task<void> step) {
  auto outcome = co_await std::move(step);
  if (outcome) {
    happen(events::step_done{});
  } else {
    // What has failed for hours is told once; /status has it all the time.
    const auto why = outcome.error().message();
    const auto level = why == machine_.last_error() ? base::level::debug : base::level::warn;
    base::write_log(level, "app", "a step of the start failed", {{"step", name}, {"error", why}});
    happen(events::step_failed{why, missing_part(machine_.state(), outcome.error())});
  }
  co_return result<void>{};
}

task<void> startup::wait_for_retry(unsigned attempt) {
  const auto delay = base::backoff_delay(retry_, attempt, base::random_bits());
  status_.next_attempt = clock_.wall_now() + delay;
  co_await clock_.sleep_for(delay);
  happen(events::retry_due{});
  co_return result<void>{};
}

task<void> startup::drain() {
  // The steps must have let go of what drain() tears down.
  CO_TRY_VOID(co_await steps_group_.join());
  if (auto outcome = co_await steps_.drain(); !outcome) {
    base::log_warn("app", "not everything could be drained",
                   {{"error", outcome.error().message()}});
  }
  happen(events::drained{});
  co_return result<void>{};
}

}  // namespace helenus::app
