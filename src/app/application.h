#pragma once

#include "app/certificates.h"
#include "app/engine_host.h"
#include "app/startup.h"
#include "app/storage_check.h"
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
#include <optional>
#include <string>

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
  std::uint16_t application_port() const { return application_port_->server.port(); }
  std::uint16_t admin_port() const { return admin_port_->server.port(); }

 private:
  /// One port with the task that serves it.
  struct port {
    port(boost::asio::any_io_executor executor, base::clock& clock, net::listener listener,
         const config::settings& settings, config::port_settings config::settings::* which,
         const http::dispatcher& routes);
    /// Whether clients can get in: its certificates can be used, where there are any.
    task<void> check();
    /// Lets running requests be answered, for a moment; then cuts them.
    task<void> end(base::clock& clock, base::clock::duration limit);

    std::optional<certificates> own_certificates;
    http::server server;
    base::task_group group;
  };

  startup_status shown_status() const;
  startup_steps make_steps();
  result<void> listen();
  /// Reads the settings again as long as they lack secrets.
  task<void> complete_settings();
  task<void> open_storage();
  task<void> drain();
  task<void> end_everything();

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  config::settings settings_;
  process_rules rules_;
  metrics::registry metrics_;
  engine_host host_;
  storage_check storage_check_;
  startup startup_;
  http::router application_routes_;
  http::router admin_routes_;
  http::dispatcher application_dispatcher_;
  http::dispatcher admin_dispatcher_;
  std::optional<port> application_port_;
  std::optional<port> admin_port_;
};

}  // namespace helenus::app
