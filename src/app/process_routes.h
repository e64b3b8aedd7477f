#pragma once

#include "app/startup.h"
#include "app/storage_check.h"
#include "base/clock.h"
#include "http/router.h"
#include "metrics/registry.h"

namespace helenus::app {

/// The routes about the process itself, which are answered from the first moment on: health on both
/// ports, metrics on the admin port. Everything must outlive the routers. With `ready_at_once` the
/// readiness probe does not wait for the start.
void add_process_routes(http::router& application_port, http::router& admin_port,
                        const startup& process, const base::clock& clock,
                        metrics::registry& metrics, storage_check& storage,
                        const std::function<startup_status()>& shown, bool ready_at_once);

}  // namespace helenus::app
