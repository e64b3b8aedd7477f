#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "cluster/cluster_service.h"
#include "deployment/reach_policy.h"

namespace helenus::app {

/// Waits until a node of a registered cluster answers and limits `reach` to the datacenter of that
/// one. Until then every node may be called. `clusters` and `reach` must outlive it.
task<void> learn_datacenter(base::clock& clock, cluster::cluster_service& clusters,
                            deployment::reach_policy& reach);

}  // namespace helenus::app
