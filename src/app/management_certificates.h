#pragma once

#include "app/file_backed.h"
#include "config/settings.h"
#include "net/tls_context.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace helenus::app {

/// The certificates of connections to nodes over HTTP, as their stores are whenever one is about to
/// begin: renewed ones are used without a restart. Io thread only; must outlive the calls.
class management_certificates {
 public:
  explicit management_certificates(config::http_management_settings settings)
      : settings_(std::move(settings)) {}

  /// Those for the nodes of a cluster, by its name in Helenus; of one whose name is not known yet
  /// (empty) the stores that are for any cluster. Null: nodes are asked without TLS. Host names are
  /// not checked. Errors: certificate_unreadable, also while a store is not there;
  /// invalid_argument: a name that leads out of the folder of stores.
  task<std::shared_ptr<const net::tls_context>> of_cluster(std::string cluster_name);

 private:
  using stores = file_backed<std::shared_ptr<const net::tls_context>>;
  /// Without a name: of the stores for any cluster.
  result<net::tls_client_options> options_for(const std::string& cluster_name) const;

  config::http_management_settings settings_;
  std::map<std::string, std::shared_ptr<stores>> by_cluster_;  // that were good once
};

}  // namespace helenus::app
