#pragma once

#include "api/views/json_writer.h"
#include "model/repair_run.h"

#include <chrono>
#include <optional>
#include <string>

namespace helenus::api {

/// "2026-03-01T04:05:06Z": UTC, whole seconds.
std::string to_iso(model::wall_time when);
/// The same or null.
void write_iso(json_writer& out, const std::optional<model::wall_time>& when);
/// Milliseconds since 1970 or null.
void write_epoch(json_writer& out, const std::optional<model::wall_time>& when);

/// "1 hour 0 minutes 5 seconds": days are the largest unit, leading zeros are left out.
std::string to_words(std::chrono::milliseconds length);

}  // namespace helenus::api
