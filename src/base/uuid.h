#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace helenus::base {

/// A universally unique identifier (RFC 9562), 16 bytes in network order.
class uuid {
 public:
  uuid() = default;
  explicit uuid(std::array<std::uint8_t, 16> bytes) : bytes_(bytes) {}

  /// The text form, 8-4-4-4-12 hexadecimal digits of either case; nothing else is accepted.
  static result<uuid> parse(std::string_view text);
  std::string to_string() const;

  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  int version() const { return bytes_[6] >> 4; }
  bool is_nil() const { return *this == uuid{}; }
  /// The time inside a version 1 uuid, in units of 100 ns since 1582-10-15; 0 for other versions.
  std::uint64_t timestamp() const;

  friend auto operator<=>(const uuid&, const uuid&) = default;
  friend bool operator==(const uuid&, const uuid&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

/// Makes version 1 uuids: ordered by time, unique within and across processes (random node and
/// clock sequence). One per process; not thread safe.
class uuid_source {
 public:
  uuid_source();                             ///< random node bits from the system
  explicit uuid_source(std::uint64_t seed);  ///< repeatable, for tests and simulations
  uuid next(clock::wall_time now);

 private:
  std::uint64_t node_and_sequence_;
  std::uint64_t last_ = 0;
};

/// 64 random bits from the system.
std::uint64_t random_bits();

}  // namespace helenus::base

template <>
struct std::hash<helenus::base::uuid> {
  std::size_t operator()(const helenus::base::uuid& id) const noexcept {
    std::size_t seed = 0;
    for (const auto byte : id.bytes()) seed = seed * 1099511628211ULL + byte;
    return seed;
  }
};
