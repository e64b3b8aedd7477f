#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "http/message.h"
#include "net/stream.h"
#include "net/tls_context.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace helenus::http {

/// Whom to ask, and within which limits.
struct client_options {
  std::string host;  ///< a name or an address (IPv6 without brackets)
  std::uint16_t port = 80;
  /// From connecting to the last byte. At most half of it, and at most 10 s, goes to connecting,
  /// and as much to the handshake of TLS.
  std::chrono::milliseconds timeout{10'000};
  std::uint64_t max_body_bytes = 16 * 1024 * 1024;  ///< a larger answer is errc::body_too_large
  std::uint32_t max_head_bytes = 16 * 1024;         ///< a larger head is errc::head_too_large
  std::shared_ptr<const net::tls_context> tls{};    ///< none: plain
};

/// Sends one request (verb, raw_target, headers, body) on a connection of its own and reads the
/// answer, whatever its status. Errors: those of net::connect and net::connect_tls,
/// base::errc::timed_out, and those of exchange().
task<response> fetch(base::clock& clock, client_options options, request what);

/// The same on a stream that is connected, which cannot be used for anything else then. The caller
/// bounds the time. A body without a length ends with the stream. Errors: net::errc
/// (closed_by_peer: before the first byte of an answer), errc::bad_message (also an answer that is
/// cut off), head_too_large, body_too_large.
task<response> exchange(net::stream& with, const client_options& options, request what);

}  // namespace helenus::http
