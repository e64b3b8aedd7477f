#pragma once

#include "storage/backend.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace helenus::test {

/// What storage in Cassandra is asked.
struct storage_traffic {
  std::uint64_t statements = 0;
  std::uint64_t rows = 0;  ///< that are read, by conditions too

  storage_traffic& operator+=(const storage_traffic& more) {
    statements += more.statements;
    rows += more.rows;
    return *this;
  }
};

/// Storage that counts what the same calls would cost in Cassandra (src/storage/cassandra), whose
/// statements for each call `test/contract/storage/cost_test.cc` and `lease_interchange_test.cc`
/// hold to these.
class counted_storage final : public storage::backend {
 public:
  /// `inner` outlives it.
  explicit counted_storage(storage::backend& inner);
  ~counted_storage() override;

  storage::cluster_store& clusters() override { return inner_.clusters(); }
  storage::run_store& runs() override { return *runs_; }
  storage::segment_store& segments() override { return *segments_; }
  storage::schedule_store& schedules() override { return inner_.schedules(); }
  storage::secret_store& secrets() override { return inner_.secrets(); }
  storage::lease_store* leases() override { return leases_.get(); }
  storage::instance_store* instances() override { return instances_.get(); }
  storage::backend_traits traits() const override { return inner_.traits(); }
  storage::backend_counters counters() const override { return inner_.counters(); }
  task<void> close() override { return inner_.close(); }

  /// Since the start, by call, such as "segments.find".
  using traffic_by_call = std::map<std::string, storage_traffic>;
  const traffic_by_call& by_call() const { return by_call_; }
  /// Whether calls of this name come with the segments that are repaired: their leases, their rows,
  /// what is asked of others' and the run's last event. The others come with time: signs of life,
  /// looks at runs, renewals, and asking again for nodes that others have.
  static bool comes_with_segments(const std::string& call);

 private:
  storage::backend& inner_;
  traffic_by_call by_call_;
  std::unique_ptr<storage::run_store> runs_;
  std::unique_ptr<storage::segment_store> segments_;
  std::unique_ptr<storage::lease_store> leases_;
  std::unique_ptr<storage::instance_store> instances_;
};

}  // namespace helenus::test
