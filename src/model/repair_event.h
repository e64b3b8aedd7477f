#pragma once

#include "base/uuid.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace helenus::model {

/// The one vocabulary of "the node said", whatever the transport.
///
/// Of one command: at most one command_started, any number of failures and notices, then
/// command_succeeded (only when good) and command_completed in either order. A session that can no
/// longer promise this says events_lost and then only what the node answers when asked.

/// The command has begun.
struct command_started {
  std::optional<base::uuid> parent_session;
  std::optional<int> range_count;  ///< "# of ranges" in the node's text
};
/// Something ended within the command.
struct command_progress {
  int done = 0;
  int total = 0;
  std::string text;
};
/// A failure within the command; the command still ends with command_completed.
struct command_failed {
  std::string reason;  ///< the tail of the node's text, after its list of ranges
};
struct command_succeeded {
  std::string text;
};
/// The last event of a command.
struct command_completed {
  bool says_error = false;  ///< the text says that the command finished with an error
};
/// Information without effect on the outcome.
struct command_notice {
  std::string text;
};
/// Events may be missing from here on. The session has asked the node or will do so.
struct events_lost {
  std::string why;
};
/// The node's answer about the command's true state.
enum class command_state { running, succeeded, failed, unknown };
struct command_answer {
  command_state state = command_state::unknown;
  std::string detail;
};
/// The coordinator's JVM is not the one that ran the command: the command is gone.
struct coordinator_restarted {};

using repair_event = std::variant<command_started, command_progress, command_failed,
                                  command_succeeded, command_completed, command_notice, events_lost,
                                  command_answer, coordinator_restarted>;

}  // namespace helenus::model
