#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace helenus::http {

/// Limits of one HTTP server. Each bounds what a client can make us hold or wait for.
struct server_options {
  std::uint32_t max_head_bytes = 8 * 1024;     ///< request line and headers; more is 431
  std::uint64_t max_body_bytes = 1024 * 1024;  ///< no request of the API needs 1 MiB; more is 413
  std::size_t max_connections = 512;           ///< more are answered with 503 and closed

  std::chrono::milliseconds head_timeout{10'000};   ///< from the first byte to the end of the head
  std::chrono::milliseconds body_timeout{30'000};   ///< for the whole body
  std::chrono::milliseconds write_timeout{30'000};  ///< for the client to take the whole answer
  std::chrono::milliseconds idle_timeout{30'000};   ///< between two requests on one connection
  std::chrono::milliseconds handler_timeout{120'000};  ///< for us to answer; more is 503
};

}  // namespace helenus::http
