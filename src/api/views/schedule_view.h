#pragma once

#include "api/views/json_writer.h"
#include "storage/schedule_store.h"

namespace helenus::api {

/// A schedule as Reaper shows it. Pure.
void write_schedule(json_writer& out, const storage::schedule_summary& shown);

}  // namespace helenus::api
