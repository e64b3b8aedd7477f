#pragma once

#include "base/task.h"
#include "model/ids.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace helenus::storage {

/// A process that works on the state, from its start to its end.
struct instance {
  model::uuid id;    ///< version 1, made at the start
  std::string host;  ///< where it runs; for people
};

/// Who works on the state: table running_reapers. Only backends with traits().shared have it.
class instance_store {
 public:
  /// How long an instance counts as alive after its last heartbeat.
  static constexpr std::chrono::seconds lifetime{180};

  virtual ~instance_store() = default;
  virtual task<void> beat(instance who) = 0;
  /// Those whose last heartbeat is not older than `lifetime`, in no order.
  virtual task<std::vector<instance>> alive() = 0;
  /// How long it is one of them without another heartbeat, nothing if it is not; costs the same
  /// however many there are.
  virtual task<std::optional<std::chrono::milliseconds>> life_left(model::uuid id) = 0;
  /// It works no more.
  virtual task<void> leave(model::uuid id) = 0;
};

}  // namespace helenus::storage
