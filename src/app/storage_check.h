#pragma once

#include "base/clock.h"
#include "base/task.h"

#include <functional>
#include <optional>

namespace helenus::app {

/// Whether storage answers, for `/ping`: asked every few seconds at most, whoever asks, and never
/// waited for long.
class storage_check {
 public:
  storage_check(base::clock& clock, std::function<task<void>()> question)
      : clock_(clock), question_(std::move(question)) {}

  /// The error says why it does not.
  task<void> ask();

 private:
  base::clock& clock_;
  std::function<task<void>()> question_;
  std::optional<result<void>> answer_;
  base::clock::time_point answered_{};
};

}  // namespace helenus::app
