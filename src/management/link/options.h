#pragma once

#include "base/backoff.h"
#include "management/link/repair_session_machine.h"

#include <chrono>

namespace helenus::management::link {

/// How patient a connection is with its node.
struct link_options {
  /// Between attempts to connect.
  base::backoff_options backoff{.first = std::chrono::milliseconds(1'000),
                                .largest = std::chrono::milliseconds(60'000)};
  /// A call made between two attempts waits at most this long for the next one; is it further away,
  /// the call fails at once with the reason of the last failure.
  std::chrono::milliseconds patience{2'000};
  /// A connection that lasted this long was a good one: the next failure is a first failure.
  std::chrono::milliseconds stable{30'000};
  /// A connection that nobody used for so long is closed.
  std::chrono::milliseconds idle{300'000};
};

/// What is the same however nodes are reached.
struct connector_options {
  link_options link;
  session_patience patience;
  /// Also repair Paxos state where the version and the way to the node know that (JMX, 4.1).
  bool repair_paxos = false;
};

}  // namespace helenus::management::link
