#include "management/link/leftover_validations.h"

#include <algorithm>

namespace helenus::management::link {

std::set<model::node_address> replicas_of(const model::keyspace_ring& ring,
                                          const std::vector<model::token_range>& ranges) {
  std::set<model::node_address> addresses;
  for (const auto& owned : ring.ranges) {
    const bool touched = std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
      return owned.range.contains(range.end) || range.contains(owned.range.end);
    });
    if (!touched) continue;
    for (const auto& replica : *owned.replicas) addresses.insert(replica.address);
  }
  return addresses;
}

std::vector<std::string> validations_of(const std::vector<running_compaction>& running,
                                        const repair_request& request) {
  std::vector<std::string> ids;
  for (const auto& work : running) {
    const bool table =
        std::find(request.tables.begin(), request.tables.end(), work.table) != request.tables.end();
    if (work.kind == "Validation" && work.keyspace == request.keyspace && table) {
      ids.push_back(work.id);
    }
  }
  return ids;
}

task<void> stop_leftover_validations(std::shared_ptr<node_link> link, repair_request request) {
  CO_TRY(node, co_await link->connected());
  CO_TRY(running, co_await node->calls->compactions());
  for (auto& id : validations_of(running, request)) {
    CO_TRY_VOID(co_await node->calls->stop_compaction(id));
  }
  co_return result<void>{};
}

}  // namespace helenus::management::link
