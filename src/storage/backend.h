#pragma once

#include "base/task.h"
#include "storage/cluster_store.h"
#include "storage/run_store.h"
#include "storage/segment_store.h"

namespace helenus::storage {

/// What a way of keeping state can do.
struct backend_traits {
  bool shared = false;   ///< several processes may work on the same state
  bool durable = false;  ///< it survives the process
};

/// SEAM 1: where state is kept. One bundle per process, opened by app/make_storage.cc.
/// All calls are made on the io thread and may overlap; what blocks happens elsewhere.
class backend {
 public:
  virtual ~backend() = default;
  virtual cluster_store& clusters() = 0;
  virtual run_store& runs() = 0;
  virtual segment_store& segments() = 0;
  virtual backend_traits traits() const = 0;
  /// Ends outstanding work and closes. Nothing may be called afterwards.
  virtual task<void> close() = 0;
};

}  // namespace helenus::storage
