#pragma once

#include "app/startup.h"
#include "base/clock.h"
#include "http/message.h"

namespace helenus::app {

/// The answers about the process itself. Pure: they show the status of the start-up and, but for
/// `/ping`, never storage, so they answer while storage hangs.
///
/// The three probes answer one word, and with `?verbose` a line for each check and what is waited
/// for, as the probes of Kubernetes' own API server do.

/// `/livez`: 200 while the event loop turns; answering is the proof. Independent of everything
/// else: a process that waits for its database must not be killed.
http::response livez_response(const startup_status& status, const http::request& asked);
/// `/startupz`: 200 from the first moment on, so that a native sidecar never holds up the container
/// that it waits for.
http::response startupz_response(const startup_status& status, const http::request& asked);
/// `/readyz`: 200 when every request can be answered, else 503 and Retry-After. With `at_once` the
/// start is not waited for.
http::response readyz_response(const startup_status& status, const http::request& asked,
                               bool at_once);
/// The status of a process that is ready while storage is away: what it waits for, and why.
startup_status without_storage(startup_status status, std::string why);
/// `/status`: the state of the process, for people and for the UI.
http::response status_response(const startup_status& status, base::clock::wall_time now);
/// `/healthcheck` in the shape that Reaper's clients know. 200 from the first moment on: operators
/// use it as a liveness probe, and a process that waits for its database must not be killed.
http::response healthcheck_response(const startup_status& status, const http::request& asked,
                                    base::clock::wall_time now);
/// `/ping` of the application port: 204 when ready and storage answers, else 500 with a sentence.
http::response ping_response(const startup_status& status, const result<void>& storage);
/// `/` of the admin port: what is there, for people.
http::response admin_menu();
/// What a route answers that needs what is not there.
http::response not_ready_response(const startup_status& status);

}  // namespace helenus::app
