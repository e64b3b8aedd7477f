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

/// Make this fetch call, on a socket of its own; then replied(), connection_lost() or unreadable().
struct fetch_now {
  remote_call call;
  std::chrono::milliseconds wait;      ///< how long the server may take
  std::chrono::milliseconds pause{0};  ///< before the call is made
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
/// an event that the server cannot serialize or that is larger than we accept. A server that
/// answers without events and without waiting is asked once a second.
class fetch_machine {
 public:
  fetch_machine(const remote_id& connection, fetch_options options)
      : connection_(connection), options_(options), max_(options.max) {}

  /// The listeners are registered (they must be before the first fetch).
  std::vector<fetch_action> start();
  /// The fetch was answered, `took` after it was asked. When its socket broke, the runner opens
  /// another before it carries out fetch_now.
  std::vector<fetch_action> replied(const reply& answer, std::chrono::milliseconds took);
  /// The socket of the fetch was lost; the session may still be alive: a fetch_now on a new socket
  /// goes on without loss.
  std::vector<fetch_action> connection_lost();
  /// The answer is more than we accept or not what the protocol says; its socket is lost. The same
  /// fetch would bring the same again.
  std::vector<fetch_action> unreadable(error why);

  /// Where the next fetch goes on; -1 before the first answer.
  std::int64_t next() const { return jumped_from_.value_or(next_); }

 private:
  std::vector<fetch_action> answered(const fetch_result& got, std::chrono::milliseconds took);
  std::vector<fetch_action> begun(std::int64_t at);
  std::vector<fetch_action> refused(const remote_exception& thrown);
  std::vector<fetch_action> end(error failure, const remote_exception* thrown = nullptr);
  std::vector<fetch_action> jump();
  fetch_now fetch(std::chrono::milliseconds pause = {}) const;

  remote_id connection_;
  fetch_options options_;
  std::int32_t max_;        // of the next fetch
  std::int64_t next_ = -1;  // -1: ask where the present is
  bool started_ = false;
  unsigned stepped_over_ = 0;                // one by one, since the last answer
  std::optional<std::int64_t> jumped_from_;  // given up from here to the present
};

}  // namespace helenus::jmx
