#pragma once

#include "api/auth/access_control.h"
#include "api/services.h"
#include "app/access.h"
#include "app/certificates.h"
#include "app/make_deployment.h"
#include "app/management_certificates.h"
#include "base/clock.h"
#include "base/task.h"
#include "base/task_group.h"
#include "cluster/cluster_service.h"
#include "config/settings.h"
#include "crypto/cryptograph.h"
#include "deployment/mode.h"
#include "management/node_connector.h"
#include "metrics/registry.h"
#include "repair/repair_service.h"
#include "storage/backend.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace helenus::app {

/// What start-up makes and the drain ends: storage, connections to nodes, the engine. Each step may
/// be tried again after it failed.
class engine_host {
 public:
  /// `settings`, `rules` and `metrics` must outlive it.
  engine_host(boost::asio::any_io_executor executor, base::clock& clock,
              const config::settings& settings, const process_rules& rules,
              metrics::registry& metrics);
  ~engine_host();

  /// Opens storage; what an earlier attempt left open is closed first. The settings have all
  /// secrets by then.
  task<void> open_storage();
  /// Brings the schema of the open storage to its version, or waits until somebody has.
  task<void> bring_schema();
  /// Finds out which nodes may be called and lets other instances know of this one.
  task<void> join();
  /// Lets the engine take up what storage says is running.
  task<void> start();
  /// Whether storage answers: reads the list of clusters, and knows how the engine's last write
  /// ended. errc::closed when there is none.
  task<void> ask_storage();
  /// Why the engine waits for storage, when it does.
  std::optional<model::waiting_reason> storage_trouble() const;
  /// Lets running segments end for a while, then stops their commands. Requests may still read.
  task<void> stop_engine();
  /// Cancels what still works, takes leave of other instances, closes connections and storage.
  /// Nothing may use services() then. Must have ended before the host is destroyed; a second call
  /// does nothing.
  task<void> close();

  /// What storage has done; nothing while it is not open.
  storage::backend_counters storage_counters() const;
  /// Before metrics are read.
  void update_metrics();

  /// Set from start() to close(); for api::add_routes().
  api::services* const& services() const { return shown_; }

 private:
  /// Makes connector_ and clusters_, which stay while joining is tried again.
  task<void> connect();
  task<std::unique_ptr<management::node_connector>> over_http();
  task<std::unique_ptr<management::node_connector>> over_jmx();
  /// Ends what join() began.
  task<void> disconnect();
  /// Makes access_ when logins are asked for.
  task<void> open_access();
  /// Those users with a secret that signs their tokens: theirs, or the one in storage.
  task<api::access_options> with_signing_secret(api::access_options users);
  /// Looks every few seconds whether users have changed. Ends by cancellation.
  task<void> keep_users_renewed(std::shared_ptr<const api::access_options> used);
  /// The same of the passphrase.
  task<void> keep_encryption_renewed(std::shared_ptr<const crypto::cryptograph_options> used);
  task<void> end_engine();
  /// Ends a part, for so long; what fails is told.
  task<void> end(task<void> part, base::clock::duration limit, std::string what);

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  const config::settings& settings_;
  const process_rules& rules_;
  metrics::registry& metrics_;
  storage::instance self_;
  std::optional<access> way_in_;  // made when settings_ are complete
  std::unique_ptr<storage::backend> storage_;
  std::function<task<void>()> bring_schema_;  // of storage_
  std::optional<crypto::cryptograph> cryptograph_;
  std::optional<certificates> certificates_;  // used by the connector, as these
  std::optional<management_certificates> management_certificates_;
  deployment::mode mode_;
  std::unique_ptr<management::node_connector> connector_;
  std::optional<cluster::cluster_service> clusters_;
  std::optional<repair::repair_service> repairs_;
  std::optional<api::access_control> access_;
  std::optional<api::services> services_;
  api::services* shown_ = nullptr;
  base::task_group renewal_;  // of storage_
  base::task_group joined_;   // what mode_ needs
  base::task_group engine_;
  base::task_group housekeeping_;
  base::task_group users_;  // of access_
};

}  // namespace helenus::app
