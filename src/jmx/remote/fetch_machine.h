#pragma once

#include "base/result.h"
#include "jmx/remote/notification.h"
#include "jmx/rmi/remote_call.h"
#include "jmx/rmi/remote_id.h"
#include "jmx/rmi/reply.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace helenus::jmx {

/// How notifications are fetched.
struct fetch_options {
  std::int32_t max = 100;  ///< at a time: one repair event may carry a text of 34 KB
  std::chrono::milliseconds wait{25'000};  ///< on the server; give the call 15 s more
  /// Go on from here (a sequence saved by an earlier session with the same server process);
  /// without it, start with what happens from now on.
  std::optional<std::int64_t> from;
};

/// Make this fetch call, on a socket of its own; then replied() or connection_lost().
struct fetch_now {
  remote_call call;
  std::chrono::milliseconds wait;  ///< how long the server may take
};
/// Fetching is in place: events from `sequence` on will be delivered. Comes once, first.
struct fetch_started {
  std::int64_t sequence;
};
/// New events, in order.
struct deliver {
  std::vector<notification> notifications;
  std::int64_t next;  ///< to be saved as fetch_options::from
};
/// So many events of the server (of any MBean) will never be delivered: ask for the state instead.
struct notifications_lost {
  std::int64_t count;
};
/// No more fetching: the session is gone or the server refuses.
struct fetch_ended {
  error failure;
  std::optional<remote_exception> thrown;
};
using fetch_action =
    std::variant<fetch_now, fetch_started, deliver, notifications_lost, fetch_ended>;

/// The sequence of fetches of one session: where to go on, which events were lost, and the way past
/// an event that the server cannot serialize.
class fetch_machine {
 public:
  fetch_machine(const remote_id& connection, fetch_options options)
      : connection_(connection), options_(options) {}

  /// The listeners are registered (they must be before the first fetch).
  std::vector<fetch_action> start();
  /// The fetch was answered. When its socket broke, the runner
  /// opens another before it carries out fetch_now.
  std::vector<fetch_action> replied(const reply& answer);
  /// The socket of the fetch was lost; the session may still be alive: a fetch_now on a new socket
  /// goes on without loss.
  std::vector<fetch_action> connection_lost();

  /// Where the next fetch goes on; -1 before the first answer.
  std::int64_t next() const { return next_; }

 private:
  std::vector<fetch_action> answered(const fetch_result& got);
  std::vector<fetch_action> refused(const remote_exception& thrown);
  std::vector<fetch_action> end(error failure, const remote_exception* thrown = nullptr);
  fetch_now fetch() const;

  remote_id connection_;
  fetch_options options_;
  std::int64_t next_ = -1;
  bool started_ = false;
  bool one_by_one_ = false;  // the last answer broke while an event was serialized
};

}  // namespace helenus::jmx
