#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "base/uuid.h"
#include "cql/options.h"
#include "cql/row.h"
#include "cql/statement.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace helenus::cql {

/// A node of the cluster, as its peers describe it.
struct node {
  base::uuid host_id;
  std::string address;
  std::string datacenter;
  std::string rack;
  bool connected = false;  ///< we hold a connection to it, and it works
};

/// Requests to one Cassandra cluster. An interface, so that storage is tested without one.
///
/// Io thread only; calls may overlap, up to session_options::requests_in_flight. Every call has a
/// deadline and fails with a value of cql::errc. A call that is cancelled unwinds at once; a write
/// may then still happen. Connections that break are made again behind the scenes.
class session {
 public:
  virtual ~session() = default;

  /// Runs a statement: prepares it, once per text and session, and sends it with its values.
  /// One page of the answer. A value of another type than its `?` is wrong_type.
  ///
  ///   do {
  ///     CO_TRY(page, co_await session.execute(query));
  ///     for (const auto row : page) ...
  ///     query.paging_state = page.paging_state();
  ///   } while (!query.paging_state.empty());
  virtual task<rows> execute(statement what) = 0;

  /// Runs a batch at the consistency of the batch. With conditions: all on one partition; applied()
  /// tells whether all were met.
  virtual task<rows> execute_batch(batch what) = 0;

  /// Has the cluster check a statement without running it: invalid, permission missing.
  virtual task<void> prepare(std::string text) = 0;

  /// Runs a statement that changes the schema (or a role), and waits until the nodes that we are
  /// connected to agree on it. schema_disagreement: it was made and they do not agree in time; the
  /// detail tells which node has which schema.
  virtual task<void> change_schema(std::string text) = 0;

  /// Waits until all nodes of the cluster that are up have the same schema version: that one. Those
  /// that we are not connected to, of other data centers above all, tell it to their peers; who
  /// has another one for some seconds and says nothing on its port is down.
  virtual task<base::uuid> agree_on_schema() = 0;

  /// All nodes of the cluster, of every data center, as the driver knows them now.
  virtual task<std::vector<node>> nodes() = 0;

  /// Connects with another login and other certificates, and uses these connections from then on.
  /// What is under way ends on the old ones, which stay in use when this fails. The errors are
  /// those of connect().
  virtual task<void> renew(std::optional<credentials> login,
                           std::shared_ptr<const net::tls_context> tls) = 0;

  /// Ends every request under way with errc::closed, and the connections. Nothing may be called
  /// afterwards.
  virtual task<void> close() = 0;
};

/// Connects to a cluster. Errors: unreachable, unresolved, authentication_failed, tls_failed,
/// no_such_keyspace, timed_out; each may be tried again with the same options.
task<std::unique_ptr<session>> connect(base::clock& clock, session_options options);

}  // namespace helenus::cql
