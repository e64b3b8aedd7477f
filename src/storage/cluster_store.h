#pragma once

#include "base/task.h"
#include "model/cluster.h"

#include <string>
#include <vector>

namespace helenus::storage {

/// Registered clusters, by name.
class cluster_store {
 public:
  virtual ~cluster_store() = default;
  virtual task<std::vector<model::cluster>> all() = 0;
  virtual task<model::cluster> find(std::string name) = 0;
  /// Writes the whole row, new or not.
  virtual task<void> save(model::cluster cluster) = 0;
  /// conflict while units or runs refer to it.
  virtual task<void> remove(std::string name) = 0;
};

}  // namespace helenus::storage
