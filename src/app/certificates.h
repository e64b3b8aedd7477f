#pragma once

#include "app/file_backed.h"
#include "config/settings.h"
#include "net/tls_context.h"

#include <functional>
#include <memory>
#include <optional>

namespace helenus::app {

/// The certificates of TLS connections, to nodes, to storage or to our own ports. Their files are
/// looked at whenever one is about to begin, so that renewed ones are used without a restart, and
/// so are renewed passwords of key stores, which are among the secrets of the settings. Errors:
/// certificate_unreadable.
class certificates : public file_backed<std::shared_ptr<const net::tls_context>> {
 public:
  using client_options = std::optional<net::tls_client_options>;
  using server_options = std::optional<net::tls_server_options>;

  /// `where` leads to their options, which `settings` have.
  certificates(const config::settings& settings,
               const std::function<const client_options&(const config::settings&)>& where);
  certificates(const config::settings& settings,
               const std::function<const server_options&(const config::settings&)>& where);
};

}  // namespace helenus::app
