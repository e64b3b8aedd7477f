#pragma once

#include "base/task.h"
#include "storage/cluster_store.h"
#include "storage/instance_store.h"
#include "storage/lease_store.h"
#include "storage/run_store.h"
#include "storage/schedule_store.h"
#include "storage/secret_store.h"
#include "storage/segment_store.h"

#include <cstdint>

namespace helenus::storage {

/// What a way of keeping state can do.
struct backend_traits {
  bool shared = false;   ///< several processes may work on the same state
  bool durable = false;  ///< it survives the process
};

/// What a backend has done since it was opened.
struct backend_counters {
  std::uint64_t reads = 0;         ///< calls that only read
  std::uint64_t writes = 0;        ///< calls that write, successful or not
  std::uint64_t transactions = 0;  ///< commits; fewer than writes where several share one
  std::uint64_t statements = 0;    ///< requests to a database server; 0 where there is none
};

/// SEAM 1: where state is kept. One bundle per process, opened by app/make_storage.cc.
///
/// Calls are made on the io thread and may overlap; what blocks happens elsewhere. A write that
/// returned a value is kept as well as the backend can (durable: it survives kill -9 and power
/// loss); a write that returned an error has changed nothing. A call sees every write that returned
/// before it was made. A caller that is cancelled does not learn whether its write took effect.
///
/// A version (model::version) is a number for who has read the row. Where several processes work on
/// the same state, each gives numbers of its own, anew after every opening.
///
/// Every row is checked before it is written (row_rules.h); a row that breaks a rule of its model
/// type is refused with errc::invalid_row. Which state may follow which is the engine's business.
class backend {
 public:
  virtual ~backend() = default;
  virtual cluster_store& clusters() = 0;
  virtual run_store& runs() = 0;
  virtual segment_store& segments() = 0;
  virtual schedule_store& schedules() = 0;
  virtual secret_store& secrets() = 0;
  /// Null unless traits().shared.
  virtual lease_store* leases() { return nullptr; }
  virtual instance_store* instances() { return nullptr; }
  virtual backend_traits traits() const = 0;
  virtual backend_counters counters() const = 0;
  /// Ends outstanding work and closes. Nothing may be called afterwards.
  virtual task<void> close() = 0;
};

}  // namespace helenus::storage
