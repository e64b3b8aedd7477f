#pragma once

#include "storage/cassandra/tables.h"

#include <vector>

namespace helenus::storage::cassandra {

/// All segments of a run, in the order of segment_store::of_run(). One that can not be read makes
/// the whole answer an error that names it: a run that went on without it would be called done
/// while its tokens are not repaired.
task<std::vector<model::repair_segment>> segments_of(tables& all, model::run_id run);

/// not_found when the run or the segment is not there; corrupt.
task<read_segment> find_segment(tables& all, model::run_id run, model::segment_id id);

/// As segment_store::look(); `ids` are those of all that are asked for.
task<segment_look> look_at(tables& all, model::run_id run, model::segment_id id,
                           std::vector<model::segment_id> ids);

}  // namespace helenus::storage::cassandra
