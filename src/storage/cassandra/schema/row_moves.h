#pragma once

#include "cql/session.h"
#include "model/repair_run.h"
#include "storage/cassandra/schema/migration_plan.h"

#include <optional>
#include <string>

namespace helenus::storage::cassandra {

/// Carries out a step of a migration that moves rows. Each may be repeated, and ended anywhere.
task<void> move_rows(cql::session& session, std::string keyspace, step_kind kind);

/// When a run was started, paused and ended.
struct run_times {
  std::optional<model::wall_time> start;
  std::optional<model::wall_time> pause;
  std::optional<model::wall_time> end;
  friend bool operator==(const run_times&, const run_times&) = default;
};
/// Each set exactly in the states that have it; what was not known is the start, or 1970. Pure.
run_times mended(model::run_state state, run_times times);

}  // namespace helenus::storage::cassandra
