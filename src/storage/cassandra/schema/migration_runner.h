#pragma once

#include "base/clock.h"
#include "base/uuid.h"
#include "cql/session.h"
#include "storage/cassandra/schema/migration_plan.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace helenus::storage::cassandra {

struct migration_options {
  std::string keyspace = "reaper_db";
  /// How the keyspace is made when it is missing: copies by data centre; empty: three in each, or
  /// as many as it has nodes. Nothing: it is not made.
  std::optional<std::map<std::string, int>> replication{};
  std::string holder = "helenus";  ///< shown to others that wait for the lock; not compared
};

/// Told what happens, as sentences for people: one for each statement, before and after.
using migration_listener = std::function<void(const std::string&)>;

/// Brings the keyspace to the current schema, alone: see schema_lock_keeper.h. Ends at once, and
/// takes no lock, when it is current. May be ended at any moment and begun again by anybody; when
/// it is cancelled, a change that is under way ends first, within seconds, and the locks are given
/// back. Errors: unavailable (also: no such keyspace, others hold the lock for long, permission
/// missing: it names the statement), newer_schema, foreign.
task<void> migrate(boost::asio::any_io_executor executor, base::clock& clock, cql::session& session,
                   migration_options options, migration_listener tell);

/// What migrate() would do now, as statements.
task<std::vector<std::string>> explain_migration(cql::session& session, migration_options options);

/// unavailable when the keyspace does not have the current schema: the error says what is missing.
task<void> verify_schema(cql::session& session, std::string keyspace);

/// Which copies a keyspace gets where nobody says: three in each data centre, as far as there are
/// nodes. Pure.
std::map<std::string, int> sensible_replication(const std::map<std::string, int>& nodes);

}  // namespace helenus::storage::cassandra
