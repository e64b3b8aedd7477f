#include "base/backoff.h"

#include "base/assert.h"

#include <algorithm>
#include <cmath>

namespace helenus::base {

std::chrono::milliseconds backoff_delay(const backoff_options& options, unsigned attempt,
                                        std::uint64_t random) {
  HELENUS_ASSERT(options.first.count() > 0 && options.largest >= options.first);
  HELENUS_ASSERT(options.factor >= 1.0 && options.jitter >= 0.0 && options.jitter <= 1.0);
  const double growth = std::pow(options.factor, static_cast<double>(std::max(attempt, 1U) - 1));
  const double full = std::min(static_cast<double>(options.first.count()) * growth,
                               static_cast<double>(options.largest.count()));
  const double share = static_cast<double>(random >> 11) / 9007199254740992.0;  // [0, 1)
  const double wait = full * (1.0 - options.jitter * share);
  return std::chrono::milliseconds(std::max<std::int64_t>(1, std::llround(wait)));
}

}  // namespace helenus::base
