#pragma once

#include "model/repair_segment.h"

namespace helenus::repair {

/// What becomes of a segment that storage holds as started or running while nobody works on it.
enum class orphan_choice {
  attach,    ///< its command is known: follow it, wherever it is now
  find_out,  ///< a coordinator was chosen, the command is not known: one may run, wait for its end
  again,     ///< nothing can have been started: back in line
};

/// After a crash as after a normal restart. Pure.
orphan_choice judge_orphan(const model::repair_segment& segment);

}  // namespace helenus::repair
