#pragma once

#include "app/engine_host.h"
#include "metrics/registry.h"

namespace helenus::app {

/// Adds what storage has done since the process began, read at each exposition. Both must outlive
/// the expositions.
void add_storage_metrics(metrics::registry& to, const engine_host& host);

}  // namespace helenus::app
