#pragma once

#include "base/clock.h"
#include "model/ids.h"
#include "model/waiting_reason.h"
#include "repair/dispatch/gate_rule.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace helenus::repair {

using time_point = base::clock::time_point;

/// Which segment starts now.
struct segment_start {
  model::run_id run;
  model::segment_id segment;
  std::vector<model::node_address> nodes;
};

/// What a run does at the moment.
struct run_activity {
  std::size_t open = 0;       ///< may start when its replicas are free
  std::size_t delayed = 0;    ///< wait for their next attempt, or are parked
  std::size_t in_flight = 0;  ///< being repaired
  bool can_start = false;     ///< something could start if only busy replicas were free
};

/// Decides which segments of all runs of one cluster start, given what their replicas do. Pure: it
/// knows the time only as an argument.
///
/// A node takes part in at most `max_commands_per_node` of our commands, whatever the run. After a
/// command it rests for that run only (intensity). Among the segments that could start, those
/// come first whose most loaded replica has the most work left, since the run can not end before
/// that node has done its share (longest remaining work first); this keeps the node with the most
/// work busy from the first to the last moment. Segments with the same replicas form a group, so
/// a decision costs by nodes and groups that changed, never by segments. Where nodes are equally
/// loaded, packing.h puts more segments side by side. Beside one node, what needs no other lease
/// than the one that was just handed over goes before all of these.
class dispatcher {
 public:
  explicit dispatcher(int max_commands_per_node) : max_commands_(max_commands_per_node) {}

  // Runs. A run starts nothing before it is admitted.
  void add_run(model::run_id run, double intensity, time_point now);
  /// Forgets its open segments; those in flight go on counting until they end.
  void remove_run(model::run_id run);
  void set_admitted(model::run_id run, bool admitted, time_point now);
  void set_intensity(model::run_id run, double intensity);
  bool has_run(model::run_id run) const { return run_index_.contains(run); }

  // Segments. `nodes` are those that take part, sorted.
  void add(model::run_id run, std::vector<model::segment_id> segments,
           const std::vector<model::node_address>& nodes);
  void add(model::run_id run, model::segment_id segment,
           const std::vector<model::node_address>& nodes) {
    add(run, std::vector{segment}, nodes);
  }
  void add_later(model::run_id run, model::segment_id segment,
                 const std::vector<model::node_address>& nodes, time_point when, time_point now,
                 model::waiting_reason why);
  /// A segment that can not be repaired as things are: counted and shown, never started.
  void park(model::run_id run, model::segment_id segment, model::waiting_reason why);
  /// A segment that is being repaired already.
  void adopt(model::run_id run, model::segment_id segment,
             const std::vector<model::node_address>& nodes, time_point now);
  /// Its command ended after it worked for `worked`: the nodes are free, and rest. Unknown segments
  /// are ignored.
  void ended(model::segment_id segment, base::clock::duration worked, time_point now);
  /// About to end, with a lease on its nodes that is ours until released(): what needs no others
  /// comes first until then. Another instance may have any other node.
  void hand_over(model::segment_id segment);
  void released(model::segment_id segment) { handed_over_.erase(segment); }

  /// Another instance lets the node take part in the run: nothing of the run starts there before
  /// `until`.
  void hold(model::run_id run, const model::node_address& node, time_point until);
  /// Whether something of the run is open none of whose nodes is held or rests.
  bool has_unheld(model::run_id run, time_point now) const;
  /// Segments of the run that are open, at most `limit`: of each group of replicas the next, then
  /// of each the one after it, and so on.
  std::vector<model::segment_id> next_open(model::run_id run, std::size_t limit) const;
  /// Takes out those that are open. Returns them.
  std::vector<model::segment_id> forget(model::run_id run,
                                        const std::unordered_set<model::segment_id>& segments);

  void set_gate(const model::node_address& node, node_gate gate, time_point now);

  /// Starts that are to be made now, at most `limit`; they count as being repaired from here on.
  std::vector<segment_start> decide(time_point now, std::size_t limit);
  /// When decide() may have something new to say without another event.
  std::optional<time_point> next_wake() const;

  /// Nodes that changed address, old to new: what they do goes on under the new one.
  void rename(const std::map<model::node_address, model::node_address>& moved);

  // Answers for people.
  run_activity activity(model::run_id run, time_point now) const;
  /// When the run last had something in flight.
  time_point last_active(model::run_id run, time_point now) const;
  /// Why nothing of the run moves: the reason of one of its segments.
  std::optional<model::waiting_reason> reason(model::run_id run, time_point now,
                                              model::wall_time wall) const;
  /// Why each segment of the run that is not in flight waits.
  std::unordered_map<model::segment_id, model::waiting_reason> reasons(model::run_id run,
                                                                       time_point now,
                                                                       model::wall_time wall) const;
  std::vector<model::node_address> nodes_with_work() const;
  int busy(const model::node_address& node) const;
  std::size_t in_flight() const { return flights_.size(); }

 private:
  using node_index = std::uint32_t;
  using group_index = std::uint32_t;
  struct node_state {
    model::node_address address;
    node_gate gate;
    time_point gate_since{};
    time_point busy_since{};
    int commands = 0;
    std::int64_t work = 0;  ///< segments left, of all runs, in flight included
    bool dirty = false;
    std::vector<group_index> groups;
  };
  struct group {
    model::run_id run;
    std::vector<node_index> nodes;
    std::vector<model::segment_id> open;  ///< taken from `first`
    std::size_t first = 0;
    std::uint64_t seen = 0;
    std::size_t size() const { return open.size() - first; }
  };
  struct delayed_segment {
    model::run_id run;
    group_index in = 0;
    model::segment_id segment;
    model::waiting_reason why;
  };
  struct rest {
    time_point until{};
    bool held_elsewhere = false;  ///< it does not rest, another instance has it
  };
  struct run_record {
    double intensity = 1.0;
    bool admitted = false;
    time_point last_active{};
    time_point waits_since{};
    std::size_t in_flight = 0;
    std::vector<group_index> groups;
    std::map<node_index, rest> resting;
  };
  struct flight {
    model::run_id run;
    std::vector<node_index> nodes;
    time_point since{};
  };
  struct candidate {
    bool leased = false;
    std::int64_t most = 0;
    std::int64_t sum = 0;
    group_index index = 0;
  };

  node_index node_of(const model::node_address& address);
  group_index group_of(model::run_id run, const std::vector<model::node_address>& nodes);
  void mark(node_index node);
  void mark_run(const run_record& run);
  void wake_due(time_point now);
  bool usable(const node_state& node) const;
  bool startable(const group& group, time_point now) const;
  static bool rests(const run_record& run, node_index node, time_point now);
  bool is_leased(const group& group) const;
  std::vector<candidate> candidates(time_point now);
  void pack(std::vector<candidate>& wanted) const;
  segment_start take(group& from, time_point now);
  void compact(group& from);
  model::waiting_reason reason_of(const group& group, time_point now, model::wall_time wall) const;

  int max_commands_;
  std::uint64_t decision_ = 0;
  std::vector<node_state> nodes_;
  std::map<model::node_address, node_index> node_index_;
  std::vector<group> groups_;
  std::vector<group_index> free_groups_;
  std::map<std::pair<model::run_id, std::vector<node_index>>, group_index> group_index_;
  std::unordered_map<model::run_id, run_record> run_index_;
  std::unordered_map<model::segment_id, flight> flights_;
  std::map<model::segment_id, flight> handed_over_;
  std::multimap<time_point, delayed_segment> delayed_;
  std::map<model::run_id, std::map<model::segment_id, model::waiting_reason>> parked_;
  std::multimap<time_point, node_index> rests_;
  std::vector<node_index> dirty_;
};

}  // namespace helenus::repair
