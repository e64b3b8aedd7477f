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
  /// Sorted by name.
  virtual task<std::vector<model::cluster>> all() = 0;
  /// not_found when there is none of that name.
  virtual task<model::cluster> find(std::string name) = 0;
  /// Writes the whole row, new or not.
  virtual task<void> save(model::cluster cluster) = 0;
  /// Removes the cluster and its units. not_found; conflict while it has runs or schedules.
  virtual task<void> remove(std::string name) = 0;
};

}  // namespace helenus::storage
