#pragma once

#include "cql/session.h"
#include "storage/cassandra/schema/found_schema.h"

#include <string>

namespace helenus::storage::cassandra {

/// The keyspace as the node that answers knows it, and the versions that are recorded in it.
task<found_schema> read_schema(cql::session& session, std::string keyspace);

/// Nodes of each data centre.
task<std::map<std::string, int>> count_nodes(cql::session& session);

}  // namespace helenus::storage::cassandra
