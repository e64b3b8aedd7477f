#pragma once

#include "management/jmx/progress_event.h"

#include <cstdint>
#include <set>

namespace helenus::management::jmx {

/// Which commands of a node, of all tools, were seen to begin and not to end. A command that
/// prepares shows in no MBean, so this is the only sign of it.
class command_tracker {
 public:
  void take(const progress_event& said) {
    if (std::holds_alternative<model::command_started>(said.what)) running_.insert(said.command);
    if (std::holds_alternative<model::command_completed>(said.what)) running_.erase(said.command);
  }
  /// Events were missed: what is known may be wrong.
  void forget() { running_.clear(); }
  const std::set<std::int32_t>& running() const { return running_; }

 private:
  std::set<std::int32_t> running_;
};

}  // namespace helenus::management::jmx
