#pragma once

#include "model/repair_run.h"

namespace helenus::api {

/// What PUT /repair_run/{id}/state/{state} means for a run.
enum class state_change { already, start, pause, abort, refused };

/// The table of rest transitions. Pure.
state_change choose_state_change(model::run_state from, model::run_state to);

}  // namespace helenus::api
