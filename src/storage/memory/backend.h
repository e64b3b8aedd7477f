#pragma once

#include "base/clock.h"
#include "storage/backend.h"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace helenus::storage::memory {

/// What becomes of a call instead of its outcome.
struct fault {
  // A rule may give an error alone. NOLINTNEXTLINE(google-explicit-constructor)
  fault(error why) : failure(std::move(why)) {}

  error failure;
  base::clock* clock = nullptr;    ///< of `after`
  base::clock::duration after{0};  ///< the call hangs for so long
  bool is_carried_out = false;     ///< as when the answer to a write is lost
};

/// Asked before every call with its name, such as "segments.replace". With a fault nothing is read
/// or written, unless it says so.
using fault_rule = std::function<std::optional<fault>(std::string_view call)>;

struct tables;

/// State in this process: the reference implementation of the seam, for tests and simulations.
/// Every call suspends once before it does anything, as a real one would.
class backend final : public storage::backend {
 public:
  /// Of one engine.
  backend();
  /// Shared by several engines of this process: leases and signs of life end by `time`, which
  /// outlives the backend.
  explicit backend(const base::clock& time);
  ~backend() override;

  cluster_store& clusters() override { return *clusters_; }
  run_store& runs() override { return *runs_; }
  segment_store& segments() override { return *segments_; }
  schedule_store& schedules() override { return *schedules_; }
  secret_store& secrets() override { return *secrets_; }
  lease_store* leases() override { return leases_.get(); }
  instance_store* instances() override { return instances_.get(); }
  backend_traits traits() const override { return {.shared = leases_ != nullptr}; }
  backend_counters counters() const override;
  task<void> close() override;

  /// For tests: makes calls fail. An empty rule ends it.
  void inject_faults(fault_rule rule);

 private:
  std::unique_ptr<tables> tables_;
  std::unique_ptr<cluster_store> clusters_;
  std::unique_ptr<run_store> runs_;
  std::unique_ptr<segment_store> segments_;
  std::unique_ptr<schedule_store> schedules_;
  std::unique_ptr<secret_store> secrets_;
  std::unique_ptr<lease_store> leases_;
  std::unique_ptr<instance_store> instances_;
};

}  // namespace helenus::storage::memory
