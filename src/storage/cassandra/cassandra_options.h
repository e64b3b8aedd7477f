#pragma once

#include "cql/options.h"

#include <string>

namespace helenus::storage::cassandra {

/// What the daemon does about the schema before it uses the storage.
enum class schema_policy {
  migrate,  ///< brings it to the current version
  wait,     ///< waits until somebody has done so
};

/// State in a keyspace of a Cassandra cluster.
struct cassandra_options {
  /// How the cluster is reached. Its `keyspace` stays empty: ours may have to be made first.
  cql::session_options session;
  std::string keyspace = "reaper_db";
  schema_policy schema = schema_policy::migrate;
};

}  // namespace helenus::storage::cassandra
