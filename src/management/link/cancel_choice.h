#pragma once

#include "model/repair_event.h"

#include <cstdint>
#include <set>

namespace helenus::management::link {

/// What is known of the commands of a node when one of them shall be cancelled.
struct cancel_facts {
  std::int32_t command = 0;                                    ///< the one to cancel
  model::command_state state = model::command_state::unknown;  ///< its own
  std::set<std::int32_t> running;  ///< of all tools: seen to have begun and not to have ended
  std::set<std::int32_t> ours;     ///< may be stopped with it
};

enum class cancel_step { nothing_to_do, leave_running, terminate };

/// A node can only terminate all the repairs it coordinates. So a command is cancelled that way
/// only when no command outside `ours` runs there.
cancel_step choose_cancel(const cancel_facts& facts);

}  // namespace helenus::management::link
