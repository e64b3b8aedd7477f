#pragma once

#include "base/clock.h"
#include "base/event.h"
#include "base/task.h"
#include "jmx/object/reader_limits.h"
#include "jmx/rmi/remote_call.h"
#include "jmx/rmi/reply.h"
#include "jmx/rmi/transport_machine.h"
#include "net/stream.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace helenus::jmx {

/// One socket to a JMX server, carrying one call at a time: the transport machine and the stream
/// that it talks over. Io thread only.
///
/// JRMP has no framing, so a call that is cancelled, times out or fails midway leaves the socket
/// unusable; it is closed then. Failures are values of jmx::errc.
class connection {
 public:
  /// Takes over a connected stream.
  connection(base::clock& clock, boost::asio::any_io_executor executor,
             std::unique_ptr<net::stream> stream, reader_limits limits);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// The JRMP handshake: once, before any call. Errors: handshake_timed_out, not_jmx.
  task<void> start(base::clock::duration timeout);
  /// Makes a call and waits for its answer; only when usable(). Errors: call_timed_out, closed,
  /// malformed, limit_exceeded. An exception thrown on the server is an answer.
  task<reply> call(remote_call request, base::clock::duration timeout);
  /// Ends when the peer closed the socket, or sent something unasked, while no call was under way;
  /// or when the socket was closed by us. May run beside the calls; one at a time.
  task<void> lost_while_idle();
  /// For who spawns lost_while_idle(): true when nobody else did yet.
  bool claim_watch() { return !std::exchange(watched_, true); }
  void release_watch() { watched_ = false; }

  /// Whether a call can be made now: none is under way, and the peer has not left in the meantime.
  bool usable();
  /// For the calls that follow.
  void set_limits(const reader_limits& limits) { machine_.set_limits(limits); }

  /// Closes in an orderly way, within `timeout`.
  task<void> close(base::clock::duration timeout);
  /// Closes at once; a call under way fails with `reason`.
  void abort(error reason);
  /// "10.0.0.3:7199"
  const std::string& peer() const { return stream_->peer(); }

 private:
  class exchange_scope;

  task<std::optional<reply>> exchange(transport_actions actions);
  task<transport_actions> receive(std::vector<std::byte>& buffer);
  task<std::optional<reply>> in_time(task<std::optional<reply>> work,
                                     base::clock::duration timeout);
  error failure_of(transport_actions actions, const char* otherwise);

  base::clock& clock_;
  std::unique_ptr<net::stream> stream_;
  transport_machine machine_;
  bool busy_ = false;
  base::event idle_again_;
  bool watched_ = false;
  std::optional<error> aborted_;
};

}  // namespace helenus::jmx
