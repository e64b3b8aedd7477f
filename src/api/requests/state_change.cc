#include "api/requests/state_change.h"

namespace helenus::api {

state_change choose_state_change(model::run_state from, model::run_state to) {
  using enum model::run_state;
  if (from == to) return state_change::already;
  switch (to) {
    case running:
      return from == not_started || from == paused || from == error ? state_change::start
                                                                    : state_change::refused;
    case paused:
      return from == running ? state_change::pause : state_change::refused;
    case aborted:
      return from == running || from == paused || from == done ? state_change::abort
                                                               : state_change::refused;
    default:
      return state_change::refused;
  }
}

}  // namespace helenus::api
