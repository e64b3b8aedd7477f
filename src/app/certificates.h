#pragma once

#include "app/file_backed.h"
#include "net/tls_context.h"

#include <memory>

namespace helenus::app {

/// The certificates of TLS connections, to nodes, to storage or to our own ports. Their files are
/// looked at whenever one is about to begin, so that renewed ones are used without a restart.
/// Errors: certificate_unreadable.
class certificates : public file_backed<std::shared_ptr<const net::tls_context>> {
 public:
  explicit certificates(const net::tls_client_options& files);
  explicit certificates(const net::tls_server_options& files);
};

}  // namespace helenus::app
