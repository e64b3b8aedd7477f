#pragma once

#include "base/task.h"
#include "management/link/node_link.h"
#include "management/node_client.h"
#include "model/ring.h"

#include <memory>
#include <set>
#include <vector>

namespace helenus::management::link {

/// The addresses of the nodes that replicate any part of `ranges`.
std::set<model::node_address> replicas_of(const model::keyspace_ring& ring,
                                          const std::vector<model::token_range>& ranges);

/// The validations among `running` that can only belong to `request`: of its keyspace and tables.
/// 3.11, where this is needed, refuses a second repair of a table that is being validated.
std::vector<std::string> validations_of(const std::vector<running_compaction>& running,
                                        const repair_request& request);

/// Stops them on one node, one by one.
task<void> stop_leftover_validations(std::shared_ptr<node_link> link, repair_request request);

}  // namespace helenus::management::link
