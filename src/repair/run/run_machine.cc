#include "repair/run/run_machine.h"

#include "base/assert.h"
#include "repair/errc.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace helenus::repair {
namespace {

using model::run_state;

struct rule {
  run_command command;
  std::string_view verb;
  run_state to;
  std::array<run_state, 4> from;  // repeated where there are fewer
  std::string_view last_event;
};

constexpr std::array<rule, 7> rules = {{
    {run_command::start,
     "started",
     run_state::running,
     {run_state::not_started, run_state::paused, run_state::error, run_state::error},
     "Started"},
    {run_command::resume,
     "resumed",
     run_state::running,
     {run_state::paused, run_state::paused, run_state::paused, run_state::paused},
     "Resumed"},
    {run_command::retry,
     "retried",
     run_state::running,
     {run_state::error, run_state::error, run_state::error, run_state::error},
     "Trying again"},
    {run_command::pause,
     "paused",
     run_state::paused,
     {run_state::running, run_state::running, run_state::running, run_state::running},
     "Paused"},
    {run_command::abort,
     "aborted",
     run_state::aborted,
     {run_state::not_started, run_state::running, run_state::paused, run_state::done},
     "Aborted"},
    {run_command::finish,
     "finished",
     run_state::done,
     {run_state::running, run_state::running, run_state::running, run_state::running},
     "All done"},
    {run_command::fail,
     "failed",
     run_state::error,
     {run_state::running, run_state::running, run_state::running, run_state::running},
     "Failed"},
}};

const rule& rule_of(run_command command) {
  const auto* found = std::find_if(rules.begin(), rules.end(), [command](const rule& candidate) {
    return candidate.command == command;
  });
  HELENUS_ASSERT(found != rules.end());
  return *found;
}

}  // namespace

result<model::repair_run> apply(model::repair_run run, run_command command, std::string why,
                                model::wall_time now) {
  const auto& what = rule_of(command);
  if (std::find(what.from.begin(), what.from.end(), run.state) == what.from.end()) {
    return error{errc::illegal_transition, "a run that is " + std::string(to_string(run.state)) +
                                               " can not be " + std::string(what.verb)};
  }
  HELENUS_ASSERT(model::may_become(run.state, what.to));
  run.state = what.to;
  // A run that never ran still needs a start time once it has an end.
  if (!run.start_time) run.start_time = now;
  run.pause_time.reset();
  if (what.to == run_state::paused) run.pause_time = now;
  run.end_time.reset();
  if (model::is_terminated(what.to)) run.end_time = now;
  run.last_event = why.empty() ? std::string(what.last_event) : std::move(why);
  return run;
}

}  // namespace helenus::repair
