#pragma once

#include "model/ids.h"
#include "model/wall_time.h"

#include <optional>
#include <string>
#include <string_view>

namespace helenus::model {

/// What a run or segment that does not move waits for.
enum class waiting_for {
  turn,                 ///< other segments come first; nothing is wrong
  replica_busy,         ///< a replica takes part in another segment
  pacing,               ///< intensity below 1: a replica rests after its last segment
  pending_compactions,  ///< a replica has more pending compactions than allowed
  node_down,            ///< a replica is not alive
  node_unreachable,     ///< no replica could be asked over management
  other_repair,         ///< it is to stop, and a repair that is not ours would be stopped with it
  retry_delay,          ///< the segment failed and its back-off has not passed
  run_paused,           ///< a person paused the run
  run_limit,            ///< the cluster's limit of parallel runs is reached
  topology_change,      ///< nodes join, leave or move, or no replica may repair it as the ring is
  node_answer,          ///< the command's true state is being asked for
  storage,              ///< state can not be written or read now
  cluster_unreachable,  ///< no node of the cluster answers
  mixed_versions,       ///< an upgrade is under way; nodes can not stream to each other
  other_instance,       ///< what is left is for other instances, which may call its replicas
  whole_node,           ///< it is a whole node, incrementally, which is left to Cassandra Reaper
};

/// The machine-readable name: "replica_busy".
std::string_view to_string(waiting_for what);

/// Why something waits: shown wherever the thing is shown.
struct waiting_reason {
  waiting_for what = waiting_for::turn;
  std::optional<node_address> node;  ///< the node it waits for
  wall_time since{};
  std::optional<wall_time> next_check;  ///< empty: it is woken by an event
  std::string detail;                   ///< a sentence for people
};

}  // namespace helenus::model
