#pragma once

#include "base/task.h"

#include <cstddef>
#include <span>
#include <string>

namespace helenus::net {

/// One connection as a stream of bytes: TCP, TLS, or a scripted peer in tests.
///
/// One reader and one writer at a time, on the io thread. Failures are values of net::errc.
/// A cancelled read or write unwinds and leaves the stream in an unknown place: abort it.
/// Deadlines are the caller's (base::with_timeout).
class stream {
 public:
  virtual ~stream() = default;

  /// Reads between 1 and `into.size()` bytes. The end of the stream is errc::closed_by_peer.
  virtual task<std::size_t> read_some(std::span<std::byte> into) = 0;
  /// Writes all of `bytes`, which must live until then.
  virtual task<void> write(std::span<const std::byte> bytes) = 0;
  /// Ends when there is something to read, be it the end of the stream. May run beside a read.
  virtual task<void> wait_readable() = 0;
  /// Whether nothing waits to be read now: neither bytes nor the end of the stream.
  virtual bool quiet() = 0;
  /// Says goodbye as the protocol wants (TLS: close_notify), then closes. Bounded by the caller.
  virtual task<void> close() = 0;
  /// Closes at once, without goodbye. Reads and writes under way end with errc::closed.
  virtual void abort() noexcept = 0;
  /// Whom we are connected to, for people: "10.0.0.3:7199".
  virtual const std::string& peer() const = 0;
};

}  // namespace helenus::net
