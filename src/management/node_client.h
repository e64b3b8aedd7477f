#pragma once

#include "base/task.h"
#include "management/repair_session.h"
#include "model/repair_run.h"
#include "model/ring.h"
#include "model/table.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace helenus::management {

/// Who answers on a connection.
struct node_identity {
  std::string cluster_name;
  model::host_id id;
  model::node_address address;  ///< as the cluster knows it
  std::string release_version;
  model::partitioner kind = model::partitioner::murmur3;
  std::string operation_mode;  ///< "NORMAL", "JOINING", ...
  model::wall_time jvm_start{};
  bool start_is_known = true;  ///< false: jvm_start is when it was asked, as of a new process

  /// Not while it boots or gets its data from the others: it may know neither ring nor keyspaces.
  bool is_in_ring() const {
    return !operation_mode.starts_with("STARTING") && !operation_mode.starts_with("JOINING");
  }
};

/// What one repair command shall do.
struct repair_request {
  std::string keyspace;
  std::vector<std::string> tables;         ///< at least one: an empty list would mean all
  std::vector<model::token_range> ranges;  ///< at least one: an empty list would mean all
  model::repair_parallelism parallelism = model::repair_parallelism::parallel;
  bool incremental = false;
  int job_threads = 1;                   ///< 1..4
  std::vector<std::string> datacenters;  ///< empty: all
};

/// Sorted names of tables by keyspace; keyspaces without tables are left out.
using tables_by_keyspace = std::map<std::string, std::vector<std::string>>;

/// A repair that a node is running, ours or not.
struct running_repair {
  std::int32_t number = 0;
};

/// How much a cancellation could do.
enum class cancel_outcome {
  cancelled,     ///< the node was told to stop; of the commands it coordinates only `ours` are hit
  not_running,   ///< it had ended before
  left_running,  ///< stopping it would stop others' repairs: it goes on, ignore its end
};

/// What one node can be asked. Calls may overlap; each has its own deadline inside and fails with
/// management::errc. The connection below reconnects by itself with back-off.
class node_client {
 public:
  virtual ~node_client() = default;

  virtual task<node_identity> identity() = 0;
  virtual task<model::ring> ring() = 0;
  /// The ranges of a keyspace with their replicas; datacenters filled in.
  virtual task<model::keyspace_ring> keyspace_ring(std::string keyspace) = 0;
  /// Keyspaces that can be repaired (not LocalStrategy), sorted.
  virtual task<std::vector<std::string>> keyspaces() = 0;
  virtual task<std::vector<model::table>> tables(std::string keyspace) = 0;
  /// The names of all tables, those of system keyspaces too.
  virtual task<tables_by_keyspace> all_tables() = 0;
  virtual task<int> pending_compactions() = 0;
  /// The node's repair events are heard from then on, while somebody uses the connection.
  virtual task<std::vector<running_repair>> running_repairs() = 0;
  /// Starts a repair and returns its stream of events. Refuses a request with an empty list. Of the
  /// errors only start_uncertain leaves open whether the node began it; never repeated by itself.
  virtual task<std::unique_ptr<repair_session>> start_repair(repair_request request) = 0;
  /// Follows a command that was started earlier, perhaps by a former process. Its first event may
  /// be events_lost and an answer; coordinator_restarted when the node's JVM is another one.
  /// Does not wait for the node: one that can not be reached shows in next().
  virtual task<std::unique_ptr<repair_session>> attach(model::command_reference command) = 0;
  /// Stops one command when that is possible without stopping repairs that the node coordinates and
  /// that are not in `ours`. Cassandra can only stop all repairs of a coordinator at once, so the
  /// others in `ours` are stopped too: name only those that may be.
  virtual task<cancel_outcome> cancel(model::command_reference command,
                                      std::vector<model::command_reference> ours) = 0;
};

}  // namespace helenus::management
