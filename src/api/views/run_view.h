#pragma once

#include "api/views/json_writer.h"
#include "api/views/waiting_view.h"
#include "repair/repair_service.h"

namespace helenus::api {

/// A run as Reaper shows it; while it is RUNNING and does not move, its last event says why. With
/// `waiting` of our own when it is wanted. Pure.
void write_run(json_writer& out, const repair::run_report& report, model::wall_time now,
               members wanted);

/// Intensity as Reaper rounds it: 4 decimals in single precision.
double shown_intensity(double intensity);

/// When the run will be done if it goes on as it did; null until something was repaired.
std::optional<model::wall_time> estimated_arrival(const repair::run_report& report,
                                                  model::wall_time now);

}  // namespace helenus::api
