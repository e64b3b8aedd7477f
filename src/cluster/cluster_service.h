#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "base/task_group.h"
#include "cluster/cluster_options.h"
#include "cluster/node_health.h"
#include "cluster/ring_view.h"
#include "deployment/reach_policy.h"
#include "management/node_connector.h"
#include "storage/backend.h"

#include <boost/asio/any_io_executor.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace helenus::cluster {

/// How a cluster is registered.
struct registration {
  model::node_address seed;  ///< the one to ask
  /// Stored with it while options.dynamic_seeds is off.
  std::vector<model::node_address> other_seeds{};
  std::uint16_t jmx_port = 7199;
  std::string jmx_username;   ///< empty: the configured default
  base::secret jmx_password;  ///< as in model::cluster; stored with a cluster that is new
  /// Cluster whose stored or configured login is used before the name is known; empty:
  /// expected_name.
  std::string credentials_of;
  std::string expected_name;  ///< empty: any; else wrong_cluster when the seed says otherwise
};

/// Front door of cluster/: which clusters we know, how they look, and how their nodes are.
///
/// Lives as long as the process; io thread only. Views are of a name: when the cluster is removed
/// and another one registered, they show that one. Nodes that `reach` leaves out are not asked; it
/// must outlive the service and may change meanwhile.
class cluster_service {
 public:
  cluster_service(boost::asio::any_io_executor executor, base::clock& clock,
                  storage::backend& storage, management::node_connector& connector,
                  cluster_options options,
                  const deployment::reach_policy& reach = deployment::every_node);
  ~cluster_service();
  cluster_service(const cluster_service&) = delete;
  cluster_service& operator=(const cluster_service&) = delete;

  /// Asks the seed who it is and stores the cluster under its symbolic name; its seeds are the one
  /// that was asked and the live nodes, or without options.dynamic_seeds the others given.
  /// Registering a known cluster again only brings its seeds up to date, with
  /// options.dynamic_seeds. Errors: those of management, wrong_cluster (also when another cluster
  /// of the same name is registered), empty_ring, those of storage.
  task<model::cluster> add(registration what);
  task<std::vector<model::cluster>> all();
  /// unknown_cluster
  task<model::cluster> find(std::string name);
  /// Replaces what may be changed by a person: seeds, port, login.
  task<model::cluster> update(model::cluster changed);
  /// in_use while runs or schedules of the cluster are stored.
  task<void> remove(std::string name);

  /// The ring now, from the first node that answers; not older than options.ring_age.
  task<model::ring> ring(std::string name);
  /// How a keyspace lies on the ring; not older than options.ring_age.
  task<model::keyspace_ring> keyspace_ring(std::string name, std::string keyspace);
  /// Keyspaces that can be repaired, sorted.
  task<std::vector<std::string>> keyspaces(std::string name);
  task<std::vector<model::table>> tables(std::string name, std::string keyspace);
  /// Names only, system keyspaces too.
  task<management::tables_by_keyspace> all_tables(std::string name);

  /// Views with which the engine works; made at the first use. The cluster must be registered.
  task<std::shared_ptr<ring_view>> view(std::string name);
  task<std::shared_ptr<node_health>> health(std::string name);

 private:
  struct known;
  task<known*> entry(std::string name);
  /// Stores what a seed told, when it may be the cluster that is stored under this name.
  task<model::cluster> keep(model::cluster fresh, model::ring ring, model::node_address seed);

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  storage::backend& storage_;
  management::node_connector& connector_;
  cluster_options options_;
  const deployment::reach_policy& reach_;
  std::map<std::string, std::unique_ptr<known>, std::less<>> known_;
};

}  // namespace helenus::cluster
