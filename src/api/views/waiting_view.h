#pragma once

#include "api/views/json_writer.h"
#include "model/waiting_reason.h"

namespace helenus::api {

/// Views of runs write dates as text under snake_case names, views of segments as epoch
/// milliseconds under camelCase names.
enum class time_style { iso, epoch };

/// Why something does not move: {"for":"replica_busy","node":..,"since":..,"next_check":..,
/// "detail":..}.
void write_waiting(json_writer& out, const model::waiting_reason& reason, time_style style);

}  // namespace helenus::api
