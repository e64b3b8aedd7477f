#pragma once

#include "model/ids.h"

#include <set>
#include <vector>

namespace helenus::repair {

/// A running run of a cluster, as far as admission looks at it.
struct admission_candidate {
  model::run_id id;
  bool stalled = false;  ///< it starts nothing: everything it could start waits for something else
};

/// Which runs may start segments: the oldest `limit`. A stalled run keeps its right but holds no
/// slot, so that it never blocks younger ones. Pure.
std::set<model::run_id> admit(std::vector<admission_candidate> running, int limit);

}  // namespace helenus::repair
