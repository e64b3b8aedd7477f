#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "repair/repair_service.h"

namespace helenus::repair {

/// Purges ended runs now and every hour, until cancelled. A purge that fails is left to the next.
task<void> purge_loop(base::clock& clock, repair_service& repairs);

}  // namespace helenus::repair
