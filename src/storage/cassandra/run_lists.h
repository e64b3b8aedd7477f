#pragma once

#include "storage/cassandra/tables.h"

#include <map>
#include <vector>

namespace helenus::storage::cassandra {

/// The runs that a filter lets pass, newest first. Runs that can not be read are left out and told.
task<std::vector<model::repair_run>> list_runs(tables& all, run_filter filter);

/// The same with their units and counts.
task<std::vector<run_summary>> summarise_runs(tables& all, run_filter filter);

/// Newest first, by the time in the id.
bool newer(model::run_id left, model::run_id right);

/// Whether a run whose index says `indexed` may be in one of the states (empty: any). The index is
/// written before a run becomes active and after it has ended: only that it has ended can be
/// relied upon.
bool may_be_in(const std::vector<model::run_state>& states,
               const std::optional<model::run_state>& indexed);

}  // namespace helenus::storage::cassandra
