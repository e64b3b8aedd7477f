#pragma once

#include "app/startup.h"
#include "base/clock.h"
#include "base/task.h"
#include "base/task_group.h"
#include "config/settings.h"
#include "http/dispatcher.h"
#include "http/router.h"
#include "http/server.h"
#include "metrics/registry.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace helenus::app {

/// The daemon: owns everything, in the order in which it is made.
class application {
 public:
  application(boost::asio::any_io_executor executor, base::clock& clock, config::settings settings,
              const std::string& version);
  ~application();

  /// From opening the ports to the end of the drain; the value is the exit code.
  task<int> run();
  /// As SIGTERM: drains; the second call cuts the drain short.
  void request_stop() { startup_.request_stop(); }

  const startup_status& status() const { return startup_.status(); }
  /// The ports in use, once status() says that they are open.
  std::uint16_t application_port() const { return application_server_->port(); }
  std::uint16_t admin_port() const { return admin_server_->port(); }

 private:
  startup_steps make_steps();
  result<void> listen();
  task<void> end_servers();

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  config::settings settings_;
  metrics::registry metrics_;
  startup startup_;
  http::router application_routes_;
  http::router admin_routes_;
  http::dispatcher application_dispatcher_;
  http::dispatcher admin_dispatcher_;
  base::task_group servers_;
  std::optional<http::server> application_server_;
  std::optional<http::server> admin_server_;
};

}  // namespace helenus::app
