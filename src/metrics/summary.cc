#include "metrics/summary.h"

#include "base/assert.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace helenus::metrics {
namespace {

// Half a kibibyte: there is a summary for each node and keyspace.
constexpr std::size_t kept_values = 64;

}  // namespace

void summary::observe(double value) {
  if (newest_.size() < kept_values) {
    newest_.push_back(value);
  } else {
    newest_[count_ % kept_values] = value;
  }
  ++count_;
  sum_ += value;
}

double summary::quantile(double share) const {
  HELENUS_ASSERT(share > 0 && share <= 1);
  if (newest_.empty()) return std::numeric_limits<double>::quiet_NaN();
  auto sorted = newest_;
  const auto rank = std::ceil(share * static_cast<double>(sorted.size()));
  const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
  std::nth_element(sorted.begin(), place, sorted.end());
  return *place;
}

}  // namespace helenus::metrics
