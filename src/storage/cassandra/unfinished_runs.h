#pragma once

#include "storage/cassandra/tables.h"

#include <chrono>

/// Runs that are being made or removed, in several steps: noted before the first and after the
/// last, so that what a killed instance has left behind is found by the next one. Without its
/// static columns or its place in the indexes nobody would find it.
namespace helenus::storage::cassandra {

/// A run that is not made within this time is given up.
inline constexpr std::chrono::minutes creation_limit{10};
/// What is noted for longer is nobody's any more: much longer than anybody works on it.
inline constexpr std::chrono::hours leftover_age{24};

task<void> note_unfinished(tables& all, model::run_id id);
/// The statement that ends the note.
cql::batch::entry end_of_note(const tables& all, model::run_id id);

/// The last step of a removal: the segments, what is beyond them, and the note.
task<void> delete_run_rows(tables& all, model::run_id id);

/// Removes what was left of runs that do not exist, and puts others into their indexes again.
task<void> finish_leftovers(tables& all);

}  // namespace helenus::storage::cassandra
