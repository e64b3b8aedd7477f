#pragma once

#include "app/one_shot/one_shot_options.h"

namespace helenus::app {

/// `helenus repair`: one repair without a server; returns the exit code (one_shot_options.h).
int repair(one_shot_options options);

}  // namespace helenus::app
