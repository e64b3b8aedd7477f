#pragma once

#include "app/startup.h"
#include "base/clock.h"
#include "http/message.h"

namespace helenus::app {

/// The answers about the process itself. Pure: they show the status of the start-up and, but for
/// `/ping`, never storage, so they answer while storage hangs.

/// `/live`: 200 while the event loop turns; answering is the proof.
http::response live_response();
/// `/ready`: 200 when everything is there, else 503 and why.
http::response ready_response(const startup_status& status);
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
/// What a route that needs storage answers until it is there.
http::response not_ready_response(const startup_status& status);

}  // namespace helenus::app
