#pragma once

#include "base/secret.h"
#include "base/task.h"
#include "management/link/progress_event.h"
#include "management/link/ring_decoding.h"
#include "management/node_client.h"
#include "model/repair_event.h"
#include "net/endpoint.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace helenus::management::link {

/// Events were lost before we could read them.
struct events_missed {
  std::string why;
};

/// What a node says about its repairs, in its order.
class node_events {
 public:
  virtual ~node_events() = default;
  /// The next event; waits for it. A cancelled wait loses nothing. Errors are final.
  virtual task<std::variant<progress_event, events_missed>> next() = 0;
  /// Where node_calls::listen may resume, as long as the node's process lives.
  virtual std::int64_t next_sequence() const = 0;
};

/// A compaction or validation that runs on a node.
struct running_compaction {
  std::string id;
  std::string keyspace;
  std::string table;
  std::string kind;  ///< "Validation", "Compaction", ...
};

/// What we ask of one connected node, in Cassandra's terms and decoded, whatever the transport.
/// Thin and without policy, so that all policy can be tested with a scripted one. Errors are
/// management::errc.
class node_calls {
 public:
  virtual ~node_calls() = default;

  /// Runs until the connection has ended and says why. Always ends with an error.
  virtual task<void> watch() = 0;
  virtual bool is_open() const = 0;
  /// Says goodbye; calls under way fail. Never fails.
  virtual task<void> close() = 0;

  virtual task<node_identity> identity() = 0;
  virtual task<link::ring_facts> ring_facts() = 0;
  virtual task<std::vector<range_fact>> ranges(std::string keyspace) = 0;
  virtual task<std::vector<std::string>> keyspaces() = 0;
  virtual task<std::vector<model::table>> tables(std::string keyspace) = 0;
  virtual task<tables_by_keyspace> all_tables() = 0;
  virtual task<int> pending_compactions() = 0;
  virtual task<std::vector<running_compaction>> compactions() = 0;
  virtual task<void> stop_compaction(std::string id) = 0;

  /// The number of the command; 0 when there is nothing to repair. The request is a checked one.
  /// Only refused_by_node and node_unreachable say that the node surely did not begin it.
  virtual task<std::int32_t> repair_async(repair_request request, bool with_paxos) = 0;
  /// `unknown` when the node has no record. Since 4.0.
  virtual task<model::command_answer> parent_repair_status(std::int32_t command) = 0;
  /// The commands that surely run, of all tools as far as they can be seen.
  virtual task<std::vector<std::int32_t>> running_commands() = 0;
  /// Those with a number after `newest` of a node that only tells of commands by their number, as
  /// far as a few questions find them.
  virtual task<std::vector<std::int32_t>> running_commands_after(std::int32_t newest) = 0;
  virtual task<void> terminate_repairs() = 0;

  /// Listens from now on, or from `resume_from`. The stream must not outlive this object.
  virtual task<std::unique_ptr<node_events>> listen(std::optional<std::int64_t> resume_from) = 0;
};

/// Where a node is, and what decides who we are for it.
struct node_target {
  net::endpoint endpoint;
  std::string cluster;    ///< its name; empty while it is being registered
  std::string user;       ///< what is stored of a login with the cluster; both may be empty
  base::secret password;  ///< as it is kept, perhaps encrypted
};

/// Makes connections.
class node_dialer {
 public:
  virtual ~node_dialer() = default;
  virtual task<std::shared_ptr<node_calls>> connect(node_target target) = 0;
};

}  // namespace helenus::management::link
