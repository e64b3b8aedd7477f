#pragma once

#include "api/views/json_writer.h"
#include "api/views/waiting_view.h"
#include "repair/repair_service.h"

namespace helenus::api {

/// A segment as Reaper shows it; with `waiting` and `lastError` of our own when they are wanted and
/// there is something to say. Pure.
void write_segment(json_writer& out, const repair::segment_report& report,
                   const model::repair_run& run, members wanted);

}  // namespace helenus::api
