#pragma once

#include "base/clock.h"
#include "management/node_client.h"
#include "model/repair_event.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace helenus::test {

using time_point = base::clock::time_point;
using duration = base::clock::duration;

/// What can go wrong with one repair command. The next command of a node can be made to suffer from
/// it; see fake_node::inject().
enum class fault {
  lose_started,        ///< START is lost
  lose_succeeded,      ///< SUCCESS is lost
  lose_completed,      ///< COMPLETE is lost
  lose_end,            ///< SUCCESS and COMPLETE are lost
  lose_everything,     ///< every event is lost
  duplicate_events,    ///< every event comes twice
  completed_first,     ///< COMPLETE comes before SUCCESS
  started_last,        ///< START comes after COMPLETE
  late_completed,      ///< COMPLETE comes 30 s after SUCCESS
  late_started,        ///< the node queues the command for 30 s
  extra_events,        ///< progress and notices in between
  fail,                ///< ERROR, then COMPLETE
  fail_twice,          ///< two ERRORs, then COMPLETE that does not say so (3.11)
  fail_without_start,  ///< refused by the node after it was accepted
  hang,                ///< nothing more is heard; the command runs until stopped
  refuse_start,        ///< the call fails with refused_by_node
  lose_start_reply,    ///< the command runs, the caller gets start_uncertain
  nothing_to_do,       ///< command number 0
  slow_start,          ///< the call takes 20 s
};

/// How an event gets lost.
enum class loss {
  announced,  ///< as the contract of repair_session says: events_lost and then answers
  silent,     ///< nobody notices, as if a layer below broke the contract
};

enum class command_end { none, succeeded, failed, gone };

/// An event and when the node says it.
struct timed_event {
  time_point when;
  model::repair_event event;
  std::optional<loss> lost;
};

/// One repair command inside a fake node: what it does, and what will be said about it.
struct fake_command {
  std::int32_t number = 0;
  model::host_id coordinator;
  model::wall_time jvm_start{};
  bool foreign = false;  ///< not started by us
  management::repair_request request;
  std::set<model::host_id> participants;
  time_point started{};
  time_point ends{};                             ///< as planned; time_point::max() for ever
  command_end outcome = command_end::none;       ///< once it has ended
  command_end planned = command_end::succeeded;  ///< what happens at `ends`
  std::vector<timed_event> timeline;             ///< ascending
  /// A participant is dead or paused: at that time the command fails.
  struct doom {
    time_point when;
    model::host_id culprit;
    std::string reason;
  };
  std::optional<doom> doomed;

  bool live() const { return outcome == command_end::none; }
  /// The command is over now: what would have been said later never is.
  void stop(time_point now, command_end how);
  /// As stop(), and the node says that it failed.
  void fail_now(time_point now, std::string reason);
  /// The coordinator stood still: everything that was to come comes later.
  void delay_rest(time_point now, duration pause);
};

/// Fills the timeline and the end of a command that would take `length`.
void plan_command(fake_command& command, duration length, duration start_delay,
                  std::optional<fault> suffers, loss how);

/// How long a command takes.
using duration_model =
    std::function<duration(const management::repair_request& request, std::uint64_t random)>;
duration_model takes(duration always);
duration_model takes_between(duration least, duration most);
/// In proportion to the tokens repaired: `whole_ring` for the whole ring, never less than `least`.
duration_model takes_by_span(duration whole_ring, model::partitioner kind,
                             duration least = std::chrono::milliseconds(1));

}  // namespace helenus::test
