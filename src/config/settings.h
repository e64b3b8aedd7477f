#pragma once

#include "api/auth/access_options.h"
#include "api/run_defaults.h"
#include "base/backoff.h"
#include "base/log.h"
#include "cluster/cluster_options.h"
#include "crypto/cryptograph.h"
#include "http/server_options.h"
#include "net/endpoint.h"
#include "net/listener.h"
#include "net/tls_context.h"
#include "repair/repair_options.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::config {

/// One HTTP port.
struct port_settings {
  net::listen_options listen;
  http::server_options limits{};
  std::optional<net::tls_server_options> tls;  ///< empty: plain
};

enum class log_format { text, json };

struct log_settings {
  std::optional<base::level> lowest = base::level::info;  ///< nothing: no line at all
  log_format format = log_format::text;
};

enum class storage_type { embedded, cassandra };

/// State in a keyspace of a Cassandra cluster.
struct cassandra_settings {
  std::vector<net::endpoint> contact_points;
  std::string keyspace = "reaper_db";
  std::string local_datacenter;                ///< empty: that of the node that answers first
  std::string username;                        ///< empty: without a login
  std::string password;                        ///< never logged
  std::string password_file;                   ///< its first line is the password, when set
  std::optional<net::tls_client_options> tls;  ///< empty: plain
  /// From the address by which a node is known in its cluster to the one that leads there.
  std::map<std::string, std::string> translated_addresses;
  std::optional<std::chrono::milliseconds> request_timeout;  ///< empty: the default of the driver
  /// False: the schema is waited for, whoever brings it to its version.
  bool migrates_schema = true;
};

/// Where state is kept: a folder with an embedded database, or nowhere, or a cluster.
struct storage_settings {
  storage_type type = storage_type::embedded;
  std::string folder = "/var/lib/helenus";  ///< empty: in memory only, lost at exit
  cassandra_settings cassandra;
};

/// The modes of Reaper: which nodes this instance calls. It shares its state in any of them when
/// storage can be shared.
enum class datacenter_availability {
  all,      ///< every node
  local,    ///< those of its datacenter; the others are left alone
  each,     ///< those of its datacenter; other instances call the others
  sidecar,  ///< one, beside which it stands; other instances call the others
};

/// "ALL" and so on, as it is configured and shown.
std::string_view to_text(datacenter_availability value);

struct deployment_settings {
  datacenter_availability availability = datacenter_availability::all;
  std::string local_node = "127.0.0.1";  ///< where a sidecar connects to its node
  std::string local_cluster;             ///< a sidecar's node must be of it; empty: of any
  std::string local_datacenter;          ///< empty: that of the node that answers first
};

struct jmx_login {
  std::string username;
  std::string password;  ///< never logged
};

/// How nodes are reached over JMX.
struct jmx_settings {
  jmx_login default_login;                          ///< empty user name: without a login
  std::map<std::string, jmx_login> cluster_logins;  ///< by cluster name
  std::map<std::string, std::uint16_t> host_ports;  ///< by address: overrides the cluster's port
  std::optional<std::chrono::seconds> connect_timeout;  ///< empty: the default of the client
  std::optional<net::tls_client_options> tls;           ///< empty: plain
};

/// How nodes are reached over HTTP: through the Management API for Apache Cassandra. Files need not
/// be there yet.
struct http_management_settings {
  bool enabled = false;  ///< instead of JMX
  std::uint16_t port = 8080;
  std::uint16_t metrics_port = 9000;
  bool metrics_tls = false;  ///< the metrics are asked for as the rest is
  std::string keystore;      ///< with our certificate; empty: none
  std::string truststore;    ///< with the authorities of nodes; empty: those of the system
  /// With stores of single clusters, which go before the two above; empty: none.
  std::string truststores_dir;

  /// As with Reaper: a trust store alone does not switch it on.
  bool uses_tls() const { return !keystore.empty() || !truststores_dir.empty(); }
};

/// Where settings were read from, to look for secrets that have changed.
struct settings_origin {
  std::string file;                       ///< empty: the variables of the environment
  std::vector<std::string> secret_files;  ///< named by variables
};

/// Everything that the daemon can be told, with the defaults of the documentation.
struct settings {
  port_settings application{.listen = {.host = "0.0.0.0", .port = 8080}};
  port_settings admin{.listen = {.host = "0.0.0.0", .port = 8081}};
  /// Scripts of other web pages may use the REST interface. Off unless it is asked for: without
  /// logins nothing would protect it.
  bool cross_origin = false;
  std::optional<api::access_options> access;  ///< empty: whoever reaches the port may do everything
  log_settings log;
  storage_settings storage;
  deployment_settings deployment;
  jmx_settings jmx;
  http_management_settings http_management;
  std::optional<crypto::cryptograph_options> cryptograph;  ///< empty: no password is encrypted
  api::run_defaults runs;
  cluster::cluster_options clusters;
  repair::repair_options repair;
  /// Waits between attempts to start. People wait for the moment in which the last thing is there.
  base::backoff_options start_retry{.first = std::chrono::milliseconds(500),
                                    .largest = std::chrono::milliseconds(2'000)};
  /// For running segments to end after SIGTERM; empty: what suits the mode.
  std::optional<std::chrono::milliseconds> shutdown_grace_period;

  std::optional<settings_origin> origin;  ///< empty: they were not read
  /// Secrets whose file does not hold them (yet), as sentences. What needs one has a stand-in here:
  /// nothing may be begun with these settings, they must be read again.
  std::vector<std::string> missing_secrets;
  /// Keys of Reaper that were given and have no effect in this version, as paths.
  std::vector<std::string> not_used;
  /// What the operator should hear of besides, as sentences.
  std::vector<std::string> warnings;
};

}  // namespace helenus::config
