#include "storage/memory/backend.h"

#include "storage/memory/tables.h"

namespace helenus::storage::memory {

backend::backend()
    : tables_(std::make_unique<tables>()),
      clusters_(make_cluster_table(*tables_)),
      runs_(make_run_table(*tables_)),
      segments_(make_segment_table(*tables_)),
      schedules_(make_schedule_table(*tables_)),
      secrets_(make_secret_table(*tables_)) {}

backend::backend(const base::clock& time) : backend() {
  leases_ = make_lease_table(*tables_, time);
  instances_ = make_instance_table(*tables_, time);
}

backend::~backend() = default;

backend_counters backend::counters() const { return tables_->counters; }

task<void> backend::close() { co_return result<void>{}; }

void backend::inject_faults(fault_rule rule) { tables_->fault = std::move(rule); }

}  // namespace helenus::storage::memory
