#pragma once

#include "base/task.h"
#include "management/link/options.h"
#include "net/tls_context.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace helenus::management::http {

/// How often running commands are asked about: soon after their start, then less often.
struct polling_options {
  std::chrono::milliseconds first{20};
  std::chrono::milliseconds longest{5'000};
};

/// How nodes are reached through the Management API for Apache Cassandra.
struct http_management_options {
  std::uint16_t port = 8080;
  std::uint16_t metrics_port = 9000;
  /// Whether the port of the metrics speaks TLS too.
  bool metrics_tls = false;
  /// Every connection goes to this host instead, which is the one node that may be called. Its host
  /// id is checked as any other's.
  std::string only_host;
  /// Asked before each connection is made, so that renewed certificates are used. None, or an
  /// answer without any: plain HTTP.
  std::function<task<std::shared_ptr<const net::tls_context>>(std::string cluster_name)>
      certificates;
  std::chrono::milliseconds request_timeout{30'000};
  /// Between two looks whether Cassandra still runs behind the API.
  std::chrono::milliseconds watch_interval{10'000};
  polling_options polling;
  link::connector_options links;
};

}  // namespace helenus::management::http
