#include "app/own_datacenter.h"

#include "base/log.h"

#include <algorithm>
#include <utility>

namespace helenus::app {

using namespace std::chrono_literals;

namespace {

constexpr auto look_interval = 5s;

/// Of the node that told the cluster's ring; empty when it tells none.
task<std::string> datacenter_in(cluster::cluster_service& clusters, std::string cluster) {
  CO_TRY(view, co_await clusters.view(std::move(cluster)));
  CO_TRY(ring, co_await view->ring(look_interval));
  const auto client = view->client(view->ring_source());
  CO_TRY(told_by, co_await client->identity());
  const auto found = std::find_if(ring->nodes.begin(), ring->nodes.end(),
                                  [&](const model::node& one) { return one.id == told_by.id; });
  co_return found == ring->nodes.end() ? std::string() : found->datacenter;
}

}  // namespace

task<void> learn_datacenter(base::clock& clock, cluster::cluster_service& clusters,
                            deployment::reach_policy& reach) {
  for (;;) {
    const auto all = co_await clusters.all();
    for (const auto& cluster : all ? *all : std::vector<model::cluster>{}) {
      const auto found = co_await datacenter_in(clusters, cluster.name);
      if (!found || found->empty()) continue;
      base::log_info("app",
                     "this instance belongs to the datacenter of the node that answered first",
                     {{"cluster", cluster.name}, {"datacenter", *found}});
      reach = deployment::reach_policy::of_datacenter(*found);
      co_return result<void>{};
    }
    co_await clock.sleep_for(look_interval);
  }
}

}  // namespace helenus::app
