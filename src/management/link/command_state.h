#pragma once

#include "base/task.h"
#include "management/link/node_link.h"
#include "model/repair_event.h"

#include <cstdint>

namespace helenus::management::link {

/// Asks the node for a command's true state, as far as its version knows it. `unknown` when it does
/// not: the command may prepare, or have ended. The command must be of the connected JVM.
task<model::command_answer> ask_command_state(std::shared_ptr<const connected_node> node,
                                              std::int32_t command);

}  // namespace helenus::management::link
