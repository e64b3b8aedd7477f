#pragma once

#include "cql/row.h"
#include "storage/backend.h"

#include <filesystem>
#include <memory>
#include <string>

namespace helenus::storage::test {

/// Whether a Cassandra was given to the tests: HELENUS_TEST_CQL_NODES, "address:port,...".
bool has_cassandra();

/// Storage in that Cassandra, in the keyspace `storage_contract`. Empty the first time that it is
/// opened for a folder.
task<std::unique_ptr<backend>> open_cassandra(std::filesystem::path folder);

/// Runs statements in that keyspace as somebody else would, such as Reaper. `%` stands for the
/// keyspace and its dot.
task<cql::rows> run_beside(std::string statement);

}  // namespace helenus::storage::test
