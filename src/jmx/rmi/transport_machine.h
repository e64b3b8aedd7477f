#pragma once

#include "base/result.h"
#include "jmx/object/reader_limits.h"
#include "jmx/rmi/remote_call.h"
#include "jmx/rmi/reply.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace helenus::jmx {

/// Write these bytes to the peer.
struct send_bytes {
  std::string bytes;
  bool secret = false;  ///< wipe after writing
};
/// The handshake is over: calls may be made.
struct transport_ready {};
/// The call in progress ended. When the machine is `broken` afterwards the socket must be closed.
struct call_replied {
  reply answer;
};
/// The ping was answered.
struct ping_answered {};
/// The connection is lost; nothing more can be sent. Close the socket.
struct transport_failed {
  error failure;
};
using transport_action =
    std::variant<send_bytes, transport_ready, call_replied, ping_answered, transport_failed>;
using transport_actions = std::vector<transport_action>;

/// JRMP on one stream: bytes in, actions out. One call at a time. Input may be cut anywhere.
///
/// JRMP has no framing, so after any failure in the middle of a message the machine is `broken`
/// and the stream is lost. Input while nothing is expected is such a failure.
class transport_machine {
 public:
  enum class state { idle, handshaking, ready, calling, pinging, broken };

  explicit transport_machine(reader_limits limits = {});
  ~transport_machine();
  transport_machine(transport_machine&&) noexcept;
  transport_machine& operator=(transport_machine&&) noexcept;

  /// Begins the handshake; once, in `idle`.
  transport_actions start();
  /// Sends a call; only in `ready`.
  transport_actions call(remote_call request);
  /// Sends a JRMP ping (the server does not count it as activity); only in `ready`.
  transport_actions ping();
  /// Bytes arrived.
  transport_actions receive(std::string_view bytes);
  /// The peer closed its side.
  transport_actions end_of_stream();
  /// The deadline of the step in progress passed.
  transport_actions deadline_passed();

  state current() const { return state_; }
  bool usable() const { return state_ == state::ready; }
  /// What is waited for: "JRMP handshake", "answer of getAttribute"; empty when nothing is.
  std::string waiting_for() const;
  /// Replaces the limits for the calls that follow (small before login, larger afterwards).
  void set_limits(reader_limits limits);

 private:
  struct incoming;

  transport_actions fail(error failure);
  void read_acknowledgement(transport_actions& actions);
  void read_return(transport_actions& actions);
  error not_jmx() const;

  state state_ = state::idle;
  reader_limits limits_;
  std::string buffer_;   // input not yet understood, outside of a Return
  remote_call pending_;  // without its bytes
  std::unique_ptr<incoming> incoming_;
};

}  // namespace helenus::jmx
