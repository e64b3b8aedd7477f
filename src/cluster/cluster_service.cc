#include "cluster/cluster_service.h"

#include "cluster/errc.h"
#include "storage/errc.h"

#include <algorithm>
#include <set>
#include <utility>

namespace helenus::cluster {
namespace {

/// The one that was asked, which may be the name of a service, and the live nodes or what a person
/// gave.
std::vector<model::node_address> seeds_of(const model::ring& ring, const registration& given,
                                          bool dynamic) {
  std::set<model::node_address> seeds{given.seed};
  if (!dynamic) seeds.insert(given.other_seeds.begin(), given.other_seeds.end());
  for (const auto& node : ring.nodes) {
    if (dynamic && node.alive) seeds.insert(node.address);
  }
  return {seeds.begin(), seeds.end()};
}

/// Whether the ring can be that of the stored cluster. `last`: how it was seen last, or null.
bool is_same_cluster(const model::cluster& stored, const model::ring* last, const model::ring& ring,
                     const model::node_address& seed) {
  if (last) return share_a_node(*last, ring);
  const auto is_seed = [&stored](const model::node_address& address) {
    const auto& seeds = stored.seed_hosts;
    return std::find(seeds.begin(), seeds.end(), address) != seeds.end();
  };
  return is_seed(seed) || std::any_of(ring.nodes.begin(), ring.nodes.end(),
                                      [&](const auto& node) { return is_seed(node.address); });
}

}  // namespace

struct cluster_service::known {
  std::shared_ptr<ring_view> view;
  std::shared_ptr<node_health> health;
  bool removed = false;  ///< whoever has the view sees the next cluster of the name
};

cluster_service::cluster_service(boost::asio::any_io_executor executor, base::clock& clock,
                                 storage::backend& storage, management::node_connector& connector,
                                 cluster_options options, const deployment::reach_policy& reach)
    : executor_(std::move(executor)),
      clock_(clock),
      storage_(storage),
      connector_(connector),
      options_(options),
      reach_(reach) {}

cluster_service::~cluster_service() = default;

task<model::cluster> cluster_service::add(registration what) {
  model::cluster draft;
  // With a login that is given nobody's connections are used, and without one those of the cluster.
  if (what.jmx_password.empty()) {
    draft.name = what.credentials_of.empty() ? what.expected_name : what.credentials_of;
  }
  if (!draft.name.empty()) {
    const auto stored = co_await storage_.clusters().find(model::symbolic_name(draft.name));
    if (stored && !stored->jmx_password.empty()) {
      what.jmx_username = stored->jmx_username;
      what.jmx_password = stored->jmx_password;
    }
  }
  draft.seed_hosts = {what.seed};
  draft.jmx_port = what.jmx_port;
  draft.jmx_username = what.jmx_username;
  draft.jmx_password = what.jmx_password;
  const auto client = connector_.client(draft, what.seed);
  CO_TRY(seed, co_await base::with_timeout(clock_, client->identity(), options_.ask_timeout,
                                           "node " + what.seed));
  const auto name = model::symbolic_name(seed.cluster_name);
  if (!what.expected_name.empty() && what.expected_name != seed.cluster_name &&
      what.expected_name != name) {
    co_return error{errc::wrong_cluster, "node " + what.seed + " belongs to cluster " +
                                             seed.cluster_name + ", not " + what.expected_name};
  }
  CO_TRY(ring, co_await base::with_timeout(clock_, client->ring(), options_.ask_timeout,
                                           "the ring from " + what.seed));
  if (ring.tokens.empty()) {
    co_return error{errc::empty_ring, "node " + what.seed + " knows no tokens"};
  }
  draft.name = name;
  draft.kind = seed.kind;
  draft.state = model::cluster_state::active;
  draft.seed_hosts = seeds_of(ring, what, options_.dynamic_seeds);
  co_return co_await keep(std::move(draft), std::move(ring), what.seed);
}

task<model::cluster> cluster_service::keep(model::cluster fresh, model::ring ring,
                                           model::node_address seed) {
  auto stored = co_await storage_.clusters().find(fresh.name);
  if (!stored && stored.error().code != storage::errc::not_found) co_return stored.error();
  auto cluster = stored ? *stored : fresh;
  if (stored) {
    const auto seen = known_.find(fresh.name);
    const auto last = seen == known_.end() ? nullptr : seen->second->view->last_ring();
    if (!is_same_cluster(*stored, last.get(), ring, seed)) {
      co_return error{errc::wrong_cluster,
                      "node " + seed + " belongs to another cluster named " + fresh.name +
                          ": no node of the one that is registered is in its ring"};
    }
    if (options_.dynamic_seeds) cluster.seed_hosts = fresh.seed_hosts;
    cluster.state = model::cluster_state::active;
  }
  cluster.last_contact = clock_.wall_now();
  CO_TRY_VOID(co_await storage_.clusters().save(cluster));
  // Only now: somebody else may have removed it meanwhile, or looked at it for the first time.
  if (const auto seen = known_.find(fresh.name); seen != known_.end()) {
    seen->second->view->set_cluster(cluster);
  }
  co_return cluster;
}

task<std::vector<model::cluster>> cluster_service::all() {
  co_return co_await storage_.clusters().all();
}

task<model::cluster> cluster_service::find(std::string name) {
  auto found = co_await storage_.clusters().find(name);
  if (!found && found.error().code == storage::errc::not_found) {
    co_return error{errc::unknown_cluster, "no cluster '" + name + "' is registered"};
  }
  co_return found;
}

task<model::cluster> cluster_service::update(model::cluster changed) {
  CO_TRY(stored, co_await find(changed.name));
  stored.seed_hosts = changed.seed_hosts;
  std::sort(stored.seed_hosts.begin(), stored.seed_hosts.end());
  stored.jmx_port = changed.jmx_port;
  stored.jmx_username = changed.jmx_username;
  stored.jmx_password = changed.jmx_password;
  CO_TRY_VOID(co_await storage_.clusters().save(stored));
  if (const auto found = known_.find(stored.name); found != known_.end()) {
    found->second->view->set_cluster(stored);
  }
  co_return stored;
}

task<void> cluster_service::remove(std::string name) {
  auto removed = co_await storage_.clusters().remove(name);
  if (!removed && removed.error().code == storage::errc::not_found) {
    co_return error{errc::unknown_cluster, "no cluster '" + name + "' is registered"};
  }
  if (!removed && removed.error().code == storage::errc::conflict) {
    co_return error{errc::in_use, removed.error().detail};
  }
  if (!removed) co_return removed;
  if (const auto found = known_.find(name); found != known_.end()) {
    found->second->removed = true;
    found->second->view->forget();
  }
  connector_.forget(name);
  co_return removed;
}

task<cluster_service::known*> cluster_service::entry(std::string name) {
  const auto found = known_.find(name);
  if (found != known_.end() && !found->second->removed) co_return found->second.get();
  CO_TRY(stored, co_await find(name));
  auto& slot = known_[name];
  if (slot && std::exchange(slot->removed, false)) slot->view->set_cluster(stored);
  if (!slot) {
    slot = std::make_unique<known>();
    slot->view = std::make_shared<ring_view>(clock_, connector_, stored, options_, reach_);
    slot->health = std::make_shared<node_health>(executor_, clock_, slot->view, options_);
  }
  co_return slot.get();
}

task<std::shared_ptr<ring_view>> cluster_service::view(std::string name) {
  CO_TRY(found, co_await entry(std::move(name)));
  co_return found->view;
}

task<std::shared_ptr<node_health>> cluster_service::health(std::string name) {
  CO_TRY(found, co_await entry(std::move(name)));
  co_return found->health;
}

task<model::ring> cluster_service::ring(std::string name) {
  CO_TRY(view, co_await this->view(std::move(name)));
  CO_TRY(ring, co_await view->ring(options_.ring_age));
  co_return *ring;
}

task<model::keyspace_ring> cluster_service::keyspace_ring(std::string name, std::string keyspace) {
  CO_TRY(view, co_await this->view(std::move(name)));
  CO_TRY(ring, co_await view->keyspace(std::move(keyspace), options_.ring_age));
  co_return *ring;
}

task<std::vector<std::string>> cluster_service::keyspaces(std::string name) {
  CO_TRY(view, co_await this->view(std::move(name)));
  std::function<task<std::vector<std::string>>(management::node_client&)> question =
      [](management::node_client& node) { return node.keyspaces(); };
  co_return co_await view->ask_any<std::vector<std::string>>(std::move(question), "the keyspaces");
}

task<std::vector<model::table>> cluster_service::tables(std::string name, std::string keyspace) {
  CO_TRY(view, co_await this->view(std::move(name)));
  std::function<task<std::vector<model::table>>(management::node_client&)> question =
      [keyspace](management::node_client& node) { return node.tables(keyspace); };
  co_return co_await view->ask_any<std::vector<model::table>>(std::move(question),
                                                              "the tables of " + keyspace);
}

task<management::tables_by_keyspace> cluster_service::all_tables(std::string name) {
  CO_TRY(view, co_await this->view(std::move(name)));
  std::function<task<management::tables_by_keyspace>(management::node_client&)> question =
      [](management::node_client& node) { return node.all_tables(); };
  co_return co_await view->ask_any<management::tables_by_keyspace>(std::move(question),
                                                                   "the tables");
}

}  // namespace helenus::cluster
