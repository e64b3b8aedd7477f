#pragma once

#include "storage/cassandra/tables.h"
#include "storage/lease_store.h"

#include <optional>

namespace helenus::storage::cassandra {

// Leases of whole runs, as Reaper takes them for incremental repair: rows of `leader`. Whoever has
// one is known, for which segment is not. The calls of lease_store; one at a time of each run.

/// `is_handed`: `who` must hold it already; else nobody may.
task<lease_answer> take_run(tables& all, instance who, model::run_id run, bool is_handed);
task<bool> renew_run(tables& all, instance who, model::run_id run);
task<void> release_run(tables& all, instance who, model::run_id run);
/// Nothing: nobody has it.
task<std::optional<held_node>> find_run_lease(tables& all, model::run_id run);

}  // namespace helenus::storage::cassandra
