#include "app/local_node.h"

#include "base/log.h"
#include "cluster/errc.h"
#include "management/errc.h"

#include <utility>

namespace helenus::app {

using namespace std::chrono_literals;

namespace {

constexpr auto answer_limit = 20s;  // connecting included

}  // namespace

task<management::node_identity> find_local_node(base::clock& clock, local_node_options options,
                                                management::node_connector& connector,
                                                cluster::cluster_service& clusters) {
  model::cluster unknown;
  unknown.name = options.cluster;
  unknown.jmx_port = options.jmx_port;
  const auto client = connector.client(unknown, options.host);
  auto asked = co_await base::with_timeout(clock, client->identity(), answer_limit, "an answer");
  if (!asked) co_return base::with_context(std::move(asked).error(), "local node " + options.host);
  const auto node = std::move(*asked);
  // Beside it a run of others would be found to be of a keyspace that does not exist.
  if (!node.is_in_ring()) {
    co_return error{
        management::errc::refused_by_node,
        "local node " + options.host + " is not in the ring yet (" + node.operation_mode + ")"};
  }
  const auto known = co_await clusters.find(model::symbolic_name(node.cluster_name));
  if (known || known.error().code != cluster::errc::unknown_cluster) {
    if (!known) co_return known.error();
    co_return node;
  }
  cluster::registration what{.seed = node.address};
  what.jmx_port = options.jmx_port;
  what.expected_name = node.cluster_name;
  CO_TRY(added, co_await clusters.add(std::move(what)));
  base::log_info("app", "the cluster of the local node is registered",
                 {{"cluster", added.name}, {"node", node.address}});
  co_return node;
}

}  // namespace helenus::app
