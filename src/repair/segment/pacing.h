#pragma once

#include "base/clock.h"

namespace helenus::repair {

/// How long a node rests after it took part in a command of length `worked`, so that the share of
/// time it spends repairing is `intensity` (0 < intensity <= 1): worked / intensity - worked.
base::clock::duration rest_after(base::clock::duration worked, double intensity);

}  // namespace helenus::repair
