#pragma once

#include "base/backoff.h"
#include "base/clock.h"
#include "base/result.h"
#include "model/waiting_reason.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace helenus::repair {

/// Whether state can be kept at the moment. While it can not, nothing new is started except, now
/// and then, one thing that tries. Shared by everything that writes. Pure.
class storage_gate {
 public:
  explicit storage_gate(base::backoff_options retry) : retry_(retry) {}

  bool open() const { return !trouble_; }
  void failed(const error& failure, base::clock::time_point now, base::clock::wall_time wall,
              std::uint64_t random);
  void worked() { trouble_.reset(); }
  /// How many segments may be started now: all, one that tries, or none.
  std::size_t starts_allowed(base::clock::time_point now) const;
  /// When the next try is due; empty while open.
  std::optional<base::clock::time_point> next_try() const;
  /// Why nothing starts; empty while open.
  std::optional<model::waiting_reason> reason() const;

 private:
  struct trouble {
    error last;
    unsigned attempts = 0;
    base::clock::wall_time since{};
    base::clock::time_point next{};
    base::clock::wall_time next_wall{};
  };
  base::backoff_options retry_;
  std::optional<trouble> trouble_;
};

/// True for failures of the storage itself, as opposed to "the row is another than you think".
bool is_storage_trouble(const error& failure);

}  // namespace helenus::repair
