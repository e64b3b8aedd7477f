#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "base/uuid.h"
#include "cluster/cluster_service.h"
#include "repair/repair_service.h"
#include "storage/backend.h"

namespace helenus::repair {

/// Values of a request that no cluster can accept. Pure.
result<void> check_request(const run_request& request);

/// The unit that a request asks for, without an id. Pure.
model::repair_unit unit_of(const run_request& request);

/// Plans a run on the ring as it is and stores it NOT_STARTED with its segments.
task<model::repair_run> create_run(run_request request, base::clock& clock,
                                   storage::backend& storage, cluster::cluster_service& clusters,
                                   base::uuid_source& ids);

}  // namespace helenus::repair
