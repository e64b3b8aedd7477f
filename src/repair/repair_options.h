#pragma once

#include "base/backoff.h"

#include <chrono>

namespace helenus::repair {

/// Limits and patience of the engine. Configuration fills it; defaults are those of the
/// documentation.
struct repair_options {
  int max_parallel_runs = 2;         ///< per cluster: runs that start segments at the same time
  int max_commands_per_node = 1;     ///< our repair commands that one replica takes part in
  int max_pending_compactions = 20;  ///< a replica with more is left alone
  int purge_after_days = 30;         ///< ended runs that are older; 0: none because of age
  int runs_to_keep_per_unit = 50;    ///< the newest ended ones; 0: all
  bool pause_cancels = true;  ///< pausing stops running commands; else they end by themselves

  /// After one half of success and completion: how long to wait for the other before asking.
  std::chrono::seconds other_half{5};
  /// How long the node's "unknown" means nothing after it accepted a command.
  std::chrono::seconds settling{10};
  /// Between two questions about a command whose state is in doubt.
  std::chrono::seconds ask_interval{10};
  /// A command that says nothing for this long is asked about.
  std::chrono::seconds silence{60};
  /// A coordinator that can not be reached for this long has lost its command...
  std::chrono::seconds unreachable{300};
  /// ...or for this long when the other nodes see it as down.
  std::chrono::seconds unreachable_when_down{30};
  /// This many answers "unknown" in a row and the segment is repaired again.
  int unknown_limit = 3;
  /// A start, question or cancellation that takes longer has failed.
  std::chrono::seconds call_timeout{30};
  /// Who aborts a segment is answered after this time although its command could not be stopped.
  std::chrono::seconds abort_patience{10};
  /// How long a postponed segment waits. Grows with its failure count.
  base::backoff_options segment_retry{std::chrono::seconds(10), std::chrono::minutes(10), 2.0, 0.2};
  /// How long to wait when no coordinator can be reached.
  std::chrono::seconds unreachable_retry{15};
  base::backoff_options storage_retry{std::chrono::milliseconds(200), std::chrono::seconds(15), 2.0,
                                      0.2};
  /// The ring is compared with the plan this often while runs are active.
  std::chrono::seconds ring_check{30};
  /// An admitted run that could start nothing for this long no longer holds its slot.
  std::chrono::seconds slot_patience{10};
  /// The engine recounts its own books this often.
  std::chrono::seconds watchdog{60};
};

}  // namespace helenus::repair
