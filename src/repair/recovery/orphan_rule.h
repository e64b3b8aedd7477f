#pragma once

#include "base/clock.h"
#include "model/repair_segment.h"

namespace helenus::repair {

/// What becomes of a segment that storage holds as started or running while nobody works on it.
enum class orphan_choice {
  attach,    ///< its command is known: follow it, wherever it is now
  find_out,  ///< a coordinator was chosen, the command is not known: one may run, wait for its end
  again,     ///< nothing was started, or nothing can be known of it: back in line
  wait,      ///< another instance works on it, or is the one to take it up
};

/// What is known about a segment that may be an orphan.
struct orphan_circumstances {
  bool leased = false;  ///< another instance has its lease
  /// No other Helenus may call its coordinator, but perhaps a Cassandra Reaper: a command that is
  /// known was started by a former process of ours.
  bool only_ours = false;
  bool callable = true;               ///< this instance may call its coordinator
  bool down = false;                  ///< gossip says that its coordinator is down
  base::clock::duration unclaimed{};  ///< for how long nobody had its lease, as seen from here
};

/// How long the instance that may call a coordinator has to take up what it started there. It may
/// be restarting.
inline constexpr std::chrono::minutes patience_with_others{5};

/// After a crash as after a normal restart. Pure.
orphan_choice judge_orphan(const model::repair_segment& segment,
                           const orphan_circumstances& circumstances);

}  // namespace helenus::repair
