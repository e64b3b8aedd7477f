#pragma once

#include "storage/cassandra/tables.h"

namespace helenus::storage::cassandra {

/// run_store::create(). A run is one from the moment its static columns are written, in one logged
/// batch with its place in the indexes: everything else is written before, so that a creation that
/// is killed leaves a partition that nobody sees.
task<void> create_run(tables& all, model::repair_unit unit, model::repair_run run,
                      std::vector<model::repair_segment> segments);

/// The places of a run in its two indexes, put there or taken away.
cql::batch index_changes(const tables& all, const model::repair_run& run, bool put);

}  // namespace helenus::storage::cassandra
