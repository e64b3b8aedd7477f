#include "app/make_deployment.h"

#include "app/local_node.h"
#include "base/uuid.h"
#include "deployment/shared.h"

#include <utility>

namespace helenus::app {

using namespace std::chrono_literals;

namespace {

// A pod has 30 s by default, and Cassandra beside us needs some of them.
constexpr shutdown_limits within_a_pod{10s, 6s, 1s, 3s, 3s};
// What a sidecar waits for is on the same machine: to look often costs little.
constexpr auto soon = 2s;

local_node_options local_node_of(const config::settings& settings) {
  const auto& deployment = settings.deployment;
  local_node_options made{.host = deployment.local_node, .cluster = deployment.local_cluster};
  const auto port = settings.jmx.host_ports.find(deployment.local_node);
  if (port != settings.jmx.host_ports.end()) made.jmx_port = port->second;
  return made;
}

}  // namespace

process_rules rules_of(const config::settings& settings) {
  using enum config::datacenter_availability;
  process_rules made{.shutdown = within_a_pod,
                     .start_retry = settings.start_retry,
                     .only_host = {},
                     .longest_reconnect_wait = 60s};
  switch (settings.deployment.availability) {
    case all:
      break;
    case local:
    case each:
      made.learns_datacenter = settings.deployment.local_datacenter.empty();
      break;
    case sidecar:
      made.ready_at_once = true;
      made.only_host = settings.deployment.local_node;
      made.longest_reconnect_wait = soon;
      break;
  }
  made.shutdown.grace = settings.shutdown_grace_period.value_or(made.shutdown.grace);
  return made;
}

storage::instance make_instance(base::clock& clock) {
  return {.id = base::uuid_source().next(clock.wall_now()), .host = {}};
}

std::unique_ptr<deployment::coordination> make_peers(base::clock& clock, storage::backend& storage,
                                                     storage::instance who) {
  if (!storage.traits().shared) return std::make_unique<deployment::solo>();
  return std::make_unique<deployment::shared>(clock, storage, std::move(who));
}

task<deployment::reach_policy> find_reach(base::clock& clock, const config::settings& settings,
                                          management::node_connector& connector,
                                          cluster::cluster_service& clusters) {
  using enum config::datacenter_availability;
  const auto& datacenter = settings.deployment.local_datacenter;
  switch (settings.deployment.availability) {
    case all:
      break;
    case local:
    case each:
      if (!datacenter.empty()) co_return deployment::reach_policy::of_datacenter(datacenter);
      break;
    case sidecar:
      CO_TRY(node, co_await find_local_node(clock, local_node_of(settings), connector, clusters));
      co_return deployment::reach_policy::of_node(node.id, node.address);
  }
  co_return deployment::reach_policy{};
}

}  // namespace helenus::app
