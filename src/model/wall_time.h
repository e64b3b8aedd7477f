#pragma once

#include "base/clock.h"

namespace helenus::model {

/// Calendar time in milliseconds: what is stored and shown.
using wall_time = base::clock::wall_time;

}  // namespace helenus::model
