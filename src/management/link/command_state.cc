#include "management/link/command_state.h"

#include <algorithm>

namespace helenus::management::link {

task<model::command_answer> ask_command_state(std::shared_ptr<const connected_node> node,
                                              std::int32_t command) {
  using model::command_state;
  const bool has_status = node->version.parent_repair_status;
  if (has_status) {
    CO_TRY(answer, co_await node->calls->parent_repair_status(command));
    if (answer.state != command_state::unknown) co_return answer;
  }
  CO_TRY(running, co_await node->calls->running_commands());
  if (std::find(running.begin(), running.end(), command) != running.end()) {
    co_return model::command_answer{command_state::running, "its executor is registered"};
  }
  co_return model::command_answer{
      command_state::unknown,
      has_status ? "the node has no record of the command: it has not begun or is forgotten"
                 : "this version of Cassandra does not tell how a command ended"};
}

}  // namespace helenus::management::link
