#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "http/message.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace helenus::http {

/// Whom to ask, and within which limits.
struct client_options {
  std::string host;
  std::uint16_t port = 80;
  std::chrono::milliseconds timeout{10'000};        ///< from connecting to the last byte
  std::uint64_t max_body_bytes = 16 * 1024 * 1024;  ///< a larger answer is errc::body_too_large
};

/// Sends one request (verb, raw_target, headers, body) on a connection of its own and reads the
/// answer. Errors: base::errc::timed_out, those of the system, errc::bad_message, body_too_large.
task<response> fetch(base::clock& clock, client_options options, request what);

}  // namespace helenus::http
