#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace helenus::metrics {

/// How often something was measured, the sum of what was, and the newest few of it. The io thread
/// only.
class summary {
 public:
  void observe(double value);
  std::uint64_t count() const { return count_; }
  double sum() const { return sum_; }
  /// The smallest of the newest values that a share of them, in (0, 1], does not exceed; NaN when
  /// there is none.
  double quantile(double share) const;

 private:
  std::uint64_t count_ = 0;
  double sum_ = 0;
  std::vector<double> newest_;
};

}  // namespace helenus::metrics
