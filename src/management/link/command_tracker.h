#pragma once

#include "management/link/progress_event.h"

#include <cstdint>
#include <set>

namespace helenus::management::link {

/// Which commands of a node's process, of all tools, were seen to begin and to end. A command that
/// prepares shows in no MBean, and 3.11 does not tell of an ended one: then this is the only sign.
class command_tracker {
 public:
  void take(const progress_event& said) {
    const bool ends = std::holds_alternative<model::command_completed>(said.what);
    if (ends) {
      running_.erase(said.command);
      ended_.insert(said.command);
      if (ended_.size() > remembered) ended_.erase(ended_.begin());
    } else if (!ended_.contains(said.command)) {
      running_.insert(said.command);
    }
  }
  /// Events were missed: commands that seem to run may have ended.
  void forget_running() { running_.clear(); }
  /// The process ended and its numbers begin anew.
  void forget() {
    running_.clear();
    ended_.clear();
  }
  const std::set<std::int32_t>& running() const { return running_; }
  bool has_ended(std::int32_t command) const { return ended_.contains(command); }

 private:
  static constexpr std::size_t remembered = 1'000;
  std::set<std::int32_t> running_;
  std::set<std::int32_t> ended_;
};

}  // namespace helenus::management::link
