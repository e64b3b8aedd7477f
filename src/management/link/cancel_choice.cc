#include "management/link/cancel_choice.h"

#include <algorithm>

namespace helenus::management::link {

cancel_step choose_cancel(const cancel_facts& facts) {
  using model::command_state;
  const bool ended =
      facts.state == command_state::succeeded || facts.state == command_state::failed;
  if (ended && !facts.running.contains(facts.command)) return cancel_step::nothing_to_do;
  const bool others = std::any_of(facts.running.begin(), facts.running.end(), [&](auto number) {
    return number != facts.command && !facts.ours.contains(number);
  });
  // A command of unknown state may be preparing, when nothing shows it: terminating does no harm
  // to a node without repairs.
  return others ? cancel_step::leave_running : cancel_step::terminate;
}

}  // namespace helenus::management::link
