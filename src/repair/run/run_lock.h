#pragma once

#include "model/ids.h"

#include <optional>
#include <set>
#include <utility>

namespace helenus::repair {

/// Excludes others from something. Nobody waits for it. io thread only; `held` outlives it.
template <class Id>
class lock_of {
 public:
  /// Empty when somebody holds it.
  static std::optional<lock_of> try_take(std::set<Id>& held, Id what) {
    if (!held.insert(what).second) return std::nullopt;
    return lock_of(held, what);
  }
  ~lock_of() {
    if (held_) held_->erase(what_);
  }
  lock_of(lock_of&& other) noexcept
      : held_(std::exchange(other.held_, nullptr)), what_(other.what_) {}
  lock_of(const lock_of&) = delete;
  lock_of& operator=(const lock_of&) = delete;
  lock_of& operator=(lock_of&&) = delete;

 private:
  lock_of(std::set<Id>& held, Id what) : held_(&held), what_(what) {}

  std::set<Id>* held_;
  Id what_;
};

/// Held while a run is stored DONE, and while a segment of it is put back in line: one excludes the
/// other, so no run is DONE with a segment that is not. A run that ends looks again at its next
/// wake-up.
using run_lock = lock_of<model::run_id>;
/// Held while a run of the unit is started.
using unit_lock = lock_of<model::unit_id>;

}  // namespace helenus::repair
