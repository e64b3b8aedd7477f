#pragma once

#include "model/ids.h"

#include <optional>
#include <set>
#include <utility>

namespace helenus::repair {

/// Held while a run is stored DONE, and while a segment of it is put back in line: one excludes the
/// other, so no run is DONE with a segment that is not. Nobody waits for it: a run that ends looks
/// again at its next wake-up. io thread only; `held` outlives it.
class run_lock {
 public:
  /// Empty when somebody holds it.
  static std::optional<run_lock> try_take(std::set<model::run_id>& held, model::run_id run) {
    if (!held.insert(run).second) return std::nullopt;
    return run_lock(held, run);
  }
  ~run_lock() {
    if (held_) held_->erase(run_);
  }
  run_lock(run_lock&& other) noexcept
      : held_(std::exchange(other.held_, nullptr)), run_(other.run_) {}
  run_lock(const run_lock&) = delete;
  run_lock& operator=(const run_lock&) = delete;
  run_lock& operator=(run_lock&&) = delete;

 private:
  run_lock(std::set<model::run_id>& held, model::run_id run) : held_(&held), run_(run) {}

  std::set<model::run_id>* held_;
  model::run_id run_;
};

}  // namespace helenus::repair
