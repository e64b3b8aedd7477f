#pragma once

#include "base/result.h"
#include "storage/cassandra/schema/found_schema.h"

#include <string>
#include <string_view>
#include <vector>

namespace helenus::storage::cassandra {

/// What one step of a migration does. Each can be repeated.
enum class step_kind {
  change_schema,   ///< `statement` is DDL: afterwards the nodes must agree
  write,           ///< `statement` is sent at QUORUM
  copy_run_index,  ///< runs of repair_run_by_cluster are listed in repair_run_by_cluster_v2 too
  mend_run_times,  ///< start, pause and end times of runs are set exactly in the states that have
                   ///< them
  index_units,     ///< units are found by cluster and keyspace
};

struct migration_step {
  step_kind kind = step_kind::change_schema;
  std::string statement;  ///< empty for those that move rows

  friend bool operator==(const migration_step&, const migration_step&) = default;
};

/// The statement, or a sentence about the rows that are moved.
std::string to_text(const migration_step& step);

/// What brings `found` to the current schema; nothing when it is current. The keyspace exists.
///
/// Whoever left it half done, and wherever: only what is missing is made, nothing is ever dropped,
/// and versions are recorded last. Errors: errc::newer_schema, errc::foreign (another shape under
/// one of our names, or a version that Reaper too refuses).
result<std::vector<migration_step>> plan_migration(std::string_view keyspace,
                                                   const found_schema& found);

}  // namespace helenus::storage::cassandra
