#include "repair/segment/pacing.h"

#include <algorithm>
#include <cmath>

namespace helenus::repair {

base::clock::duration rest_after(base::clock::duration worked, double intensity) {
  if (!(intensity < 1.0) || worked <= base::clock::duration::zero()) return {};
  // An intensity that rounds to nothing must not rest for ever.
  const double share = std::max(intensity, 0.001);
  const double rest = static_cast<double>(worked.count()) * (1.0 / share - 1.0);
  return base::clock::duration(std::llround(rest));
}

}  // namespace helenus::repair
