#pragma once

#include "net/endpoint.h"

#include <chrono>

namespace helenus::app {

struct status_arguments {
  net::endpoint service{.host = "127.0.0.1", .port = 8081};  ///< a port of a running daemon
  std::chrono::seconds wait{0};                              ///< for it to be ready
};

/// `helenus status`: prints what a running daemon says of itself; the exit code tells whether it is
/// ready.
int status(const status_arguments& arguments);

}  // namespace helenus::app
