#pragma once

#include "api/auth/access_control.h"
#include "api/services.h"
#include "app/certificates.h"
#include "base/clock.h"
#include "base/task.h"
#include "base/task_group.h"
#include "cluster/cluster_service.h"
#include "config/settings.h"
#include "management/node_connector.h"
#include "metrics/registry.h"
#include "repair/repair_service.h"
#include "storage/backend.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace helenus::app {

/// What start-up makes and the drain ends: storage, connections to nodes, the engine. Each step may
/// be tried again after it failed.
class engine_host {
 public:
  /// `settings` and `metrics` must outlive it.
  engine_host(boost::asio::any_io_executor executor, base::clock& clock,
              const config::settings& settings, metrics::registry& metrics);
  ~engine_host();

  /// Opens storage; what an earlier attempt left open is closed first.
  task<void> open_storage();
  /// Brings the schema of the open storage to its version, or waits until somebody has.
  task<void> bring_schema();
  /// Connects the parts and lets the engine take up what storage says is running.
  task<void> start();
  /// Whether storage answers: reads the list of clusters, and knows how the engine's last write
  /// ended. errc::closed when there is none.
  task<void> ask_storage();
  /// Lets running segments end for `grace`, then stops their commands. Requests may still read.
  task<void> stop_engine(base::clock::duration grace);
  /// Cancels what still works, closes connections and storage. Nothing may use services() then.
  /// Must have ended before the host is destroyed; a second call does nothing.
  task<void> close();

  /// What storage has done; nothing while it is not open.
  storage::backend_counters storage_counters() const;
  /// Before metrics are read.
  void update_metrics();

  /// Set from start() to close(); for api::add_routes().
  api::services* const& services() const { return shown_; }

 private:
  /// Makes access_ when logins are asked for.
  task<void> open_access();

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  const config::settings& settings_;
  metrics::registry& metrics_;
  std::unique_ptr<storage::backend> storage_;
  std::function<task<void>()> bring_schema_;  // of storage_
  std::optional<certificates> certificates_;  // used by the connector
  std::unique_ptr<management::node_connector> connector_;
  deployment::mode mode_;
  std::optional<cluster::cluster_service> clusters_;
  std::optional<repair::repair_service> repairs_;
  std::optional<api::access_control> access_;
  std::optional<api::services> services_;
  api::services* shown_ = nullptr;
  base::task_group engine_;
  base::task_group purges_;
};

}  // namespace helenus::app
