#pragma once

#include "api/views/json_writer.h"
#include "model/waiting_reason.h"

#include <string>

namespace helenus::api {

/// Views of runs write dates as text under snake_case names, views of segments as epoch
/// milliseconds under camelCase names.
enum class time_style { iso, epoch };

/// What a view shows. Clients of Reaper that read strictly refuse members they do not know, so ours
/// are shown to those who ask for them with `waiting=true` only.
enum class members { of_reaper, with_waiting };

/// "Waiting for 10.0.0.2: it takes part in the repair of another segment".
std::string waiting_sentence(const model::waiting_reason& reason);

/// Why something does not move: {"for":"replica_busy","node":..,"since":..,"next_check":..,
/// "detail":..}.
void write_waiting(json_writer& out, const model::waiting_reason& reason, time_style style);

}  // namespace helenus::api
