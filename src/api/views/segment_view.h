#pragma once

#include "api/views/json_writer.h"
#include "repair/repair_service.h"

namespace helenus::api {

/// A segment as Reaper shows it; `waiting` and `lastError` of our own while there is something to
/// say. Pure.
void write_segment(json_writer& out, const repair::segment_report& report,
                   const model::repair_run& run);

}  // namespace helenus::api
