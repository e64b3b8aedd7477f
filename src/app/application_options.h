#pragma once

#include "base/backoff.h"
#include "http/server_options.h"
#include "net/listener.h"

#include <chrono>

namespace helenus::app {

/// One HTTP port of the daemon.
struct port_options {
  net::listen_options listen;
  http::server_options limits;
};

/// Everything that the daemon can be told.
struct application_options {
  port_options application{.listen = {.host = "0.0.0.0", .port = 8080}, .limits = {}};
  port_options admin{.listen = {.host = "0.0.0.0", .port = 8081}, .limits = {}};
  /// Waits between attempts to start.
  base::backoff_options start_retry{.first = std::chrono::milliseconds(500),
                                    .largest = std::chrono::milliseconds(10'000)};
  /// For running segments and requests to end after SIGTERM.
  std::chrono::milliseconds shutdown_grace_period{30'000};
};

}  // namespace helenus::app
