#pragma once

#include "model/node.h"
#include "model/ring.h"
#include "model/waiting_reason.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace helenus::repair {

/// What is known about a node that might coordinate.
struct coordinator_view {
  bool alive = true;  ///< by the failure detector of the node that reported the ring
  model::node_mode mode = model::node_mode::normal;
  bool may_call = true;  ///< the mode's reach policy allows to call it
  int commands = 0;      ///< of ours that it coordinates now
  /// When it was last asked to coordinate, as a number that grows with each question; 0: never.
  std::uint64_t last_asked = 0;
  /// It could not be called, or refused, recently: not while somebody else is left.
  bool failed_lately = false;
};

struct coordinator_question {
  model::replica_set replicas;          ///< of the segment, at present
  std::set<std::string> datacenters;    ///< of the unit; empty: all
  std::string preferred_datacenter;     ///< ours; empty: none
  std::set<model::node_address> tried;  ///< in this attempt, without success
  std::uint64_t spread = 0;             ///< any number: turns the order among equals
  model::wall_time now{};
};

struct coordinator_order {
  /// Whom to ask, best first; the rest is for fail-over.
  std::vector<model::node_address> candidates;
  /// Why there is none. Unset when there is one.
  std::optional<model::waiting_reason> waits_for;
};

/// Orders the replicas of a segment that may coordinate its repair: alive, in mode normal, in an
/// allowed datacenter, callable, not tried. Preferred are: those without a recent failure; those in
/// our datacenter; those that coordinate fewer commands; those that were asked longest ago, so that
/// each does its share; then by `spread`, so that the same question has the same answer. A node
/// that `views` does not know counts as not alive. Pure.
coordinator_order choose_coordinators(const coordinator_question& question,
                                      const std::map<model::node_address, coordinator_view>& views);

}  // namespace helenus::repair
