#pragma once

#include <chrono>
#include <cstdint>

namespace helenus::base {

/// How long to wait before a retry. Pure: the caller gives the randomness.
struct backoff_options {
  std::chrono::milliseconds first{500};       ///< before the first retry; more than 0
  std::chrono::milliseconds largest{30'000};  ///< never more than this; at least `first`
  double factor = 2.0;                        ///< growth from retry to retry; at least 1
  double jitter = 0.2;                        ///< 0..1: share of the wait that is random
};

/// The wait before retry number `attempt` (1 = first retry). `random` is any 64-bit random number.
std::chrono::milliseconds backoff_delay(const backoff_options& options, unsigned attempt,
                                        std::uint64_t random);

}  // namespace helenus::base
