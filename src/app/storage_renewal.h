#pragma once

#include "app/access.h"
#include "base/clock.h"
#include "base/task.h"

#include <functional>

namespace helenus::app {

/// How an open storage is kept open when logins or certificates change.
struct storage_renewal {
  std::function<task<storage_access>()> current;      ///< as they are now
  std::function<task<void>(storage_access)> connect;  ///< has storage use these; or all stays
};

/// Looks every few seconds whether something else than `used` is to be used, and tries it until it
/// works. Ends by cancellation.
task<void> keep_renewed(base::clock& clock, storage_renewal how, storage_access used);

}  // namespace helenus::app
