#pragma once

#include "model/repair_run.h"
#include "model/ring.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::model {

/// `started`: a coordinator was told, its command has not begun; `running`: the command has begun.
/// Numbers are those of the stored column.
enum class segment_state { not_started = 0, running = 1, done = 2, started = 3 };

std::string_view to_string(segment_state state);
result<segment_state> parse_segment_state(std::string_view text);
/// The table of legal transitions of a segment. Back to not_started is a postponement; from done
/// only a person asks for it.
bool may_become(segment_state from, segment_state to);

/// A repair command on a node: the number alone repeats after every restart of the node.
struct command_reference {
  host_id coordinator;
  std::int32_t number = 0;
  wall_time jvm_start{};  ///< start time of the coordinator's JVM
  friend bool operator==(const command_reference&, const command_reference&) = default;
};

/// A node all of whose ranges one command repairs.
struct whole_node {
  host_id id;
  node_address address;  ///< where it was when it was planned, or coordinated last; may be empty
  friend bool operator==(const whole_node&, const whole_node&) = default;
};

/// A part of a run that one repair command covers: ranges with one replica set, or a whole node.
struct repair_segment {
  segment_id id;
  run_id run;
  std::vector<token_range> ranges;  ///< at least one; with `node`, one of its ranges, in name only
  replica_set replicas;             ///< at planning; the dispatcher uses the current ring
  /// Set in incremental runs that are not by subrange, as Cassandra Reaper plans them: the segment
  /// is what this node replicates, and has no replicas.
  std::optional<whole_node> node;
  segment_state state = segment_state::not_started;
  int fail_count = 0;
  std::optional<node_address> coordinator;  ///< set while started, running and done
  /// For re-attachment: set while running, may be set while started, else empty.
  std::optional<command_reference> command;
  std::optional<wall_time> start_time;    ///< empty exactly while not_started
  std::optional<wall_time> end_time;      ///< set exactly when done
  std::optional<wall_time> next_attempt;  ///< back-off of a failed segment
  std::string last_error;                 ///< of the last attempt; empty when none failed
  version stored = 0;
};

}  // namespace helenus::model
