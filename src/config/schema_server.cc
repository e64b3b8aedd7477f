#include "config/schema.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace helenus::config {

using namespace std::chrono_literals;

namespace {

/// Keys of a connector; those without effect are Jetty's own.
constexpr std::array<std::string_view, 15> connector_keys_without_effect{
    "headerCacheSize",         "outputBufferSize",
    "maxResponseHeaderSize",   "inputBufferSize",
    "acceptorThreads",         "selectorThreads",
    "acceptQueueSize",         "reuseAddress",
    "useServerHeader",         "useDateHeader",
    "useForwardedHeaders",     "uriCompliance",
    "requestCookieCompliance", "responseCookieCompliance",
    "httpCompliance"};

/// Of `type: https`, those that change nothing: what a store is called is seen when it is read.
constexpr std::array<std::string_view, 7> https_keys_without_effect{
    "keyStoreType",
    "trustStoreType",
    "keyManagerPassword",
    "validateCerts",
    "validatePeers",
    "allowRenegotiation",
    "endpointIdentificationAlgorithm"};

bool is_https(const YAML::Node& type) {
  return type && type.IsScalar() && enumeration_name(type.Scalar()) == "HTTPS";
}

/// A balancer that speaks it would have every request of its own refused: better told at the start.
void read_proxy_protocol(reader& from, const YAML::Node& value) {
  bool asked = false;
  from.flag(value, asked);
  if (asked) {
    from.refuse(value, "this version does not understand the PROXY protocol; accepted: false");
  }
}

/// Where clients expect the API must be where it is.
void read_root(reader& from, const YAML::Node& value) {
  std::string path;
  from.text(value, path);
  if (path.empty() || path == "/" || path == "/*") return;
  from.refuse(value, "this version serves at the root of its port; accepted: /");
}

/// What would be checked less than it was asked for.
key refused_if_set(std::string_view name, std::string accepted) {
  return {name, [accepted = std::move(accepted)](reader& from, const YAML::Node& value) {
            const bool is_nothing =
                value.IsScalar() &&
                (value.Scalar().empty() || enumeration_name(value.Scalar()) == "FALSE");
            if (!is_nothing && !(value.IsSequence() && value.size() == 0))
              from.refuse(value, accepted);
          }};
}

/// TLS 1.2 and 1.3 are spoken unless one of the lists leaves out 1.2.
void read_protocols(reader& from, const YAML::Node& list, bool is_of_excluded, bool& only_tls13) {
  bool has_12 = false;
  bool has_13 = false;
  from.items(list, [&](const YAML::Node& item) {
    std::string name;
    from.text(item, name);
    std::erase(name, '\\');  // those that are excluded are expressions
    has_12 = has_12 || name == "TLSv1.2";
    has_13 = has_13 || name == "TLSv1.3";
  });
  if (is_of_excluded == has_13) {
    return from.refuse(list, "TLSv1.3 is spoken in any case, TLSv1.2 may be left out", false);
  }
  if (is_of_excluded == has_12) only_tls13 = true;
}

/// `keyStorePath` and `trustStorePath` are Reaper's; the files may be JKS, PKCS#12 or PEM.
std::vector<key> https_keys(net::tls_server_options& into) {
  using net::client_certificate;
  const auto text_into = [](std::string& to) {
    return [&to](reader& from, const YAML::Node& value) { from.text(value, to); };
  };
  const auto secret_into = [](base::secret& to) {
    return [&to](reader& from, const YAML::Node& value) {
      std::string text;
      from.secret(value, text);
      to = base::secret(text);
    };
  };
  const auto clients = [&into](client_certificate asked) {
    return [&into, asked](reader& from, const YAML::Node& value) {
      bool is_asked = false;
      from.flag(value, is_asked);
      if (is_asked) into.clients = std::max(into.clients, asked);
    };
  };
  const auto protocols = [&into](bool is_of_excluded) {
    return [&into, is_of_excluded](reader& from, const YAML::Node& value) {
      read_protocols(from, value, is_of_excluded, into.only_tls13);
    };
  };
  std::vector<key> keys{{"keyStorePath", text_into(into.certificate_file)},
                        {"keyStorePassword", secret_into(into.key_password)},
                        {"keyStorePasswordFile", text_into(into.key_password_file)},
                        {"trustStorePath", text_into(into.ca_file)},
                        {"trustStorePassword", secret_into(into.ca_password)},
                        {"trustStorePasswordFile", text_into(into.ca_password_file)},
                        {"certificateFile", text_into(into.certificate_file)},
                        {"keyFile", text_into(into.key_file)},
                        {"keyPasswordFile", text_into(into.key_password_file)},
                        {"caFile", text_into(into.ca_file)},
                        {"needClientAuth", clients(client_certificate::needed)},
                        {"wantClientAuth", clients(client_certificate::wanted)},
                        {"supportedProtocols", protocols(false)},
                        {"excludedProtocols", protocols(true)}};
  const std::string revocation = "this version does not look up whether certificates were revoked";
  for (const auto* name : {"crlPath", "enableCRLDP", "enableOCSP"}) {
    keys.push_back(refused_if_set(name, revocation));
  }
  for (const auto* name : {"supportedCipherSuites", "excludedCipherSuites"}) {
    keys.push_back(refused_if_set(name, "the ciphers are those of OpenSSL"));
  }
  keys.push_back(refused_if_set("certAlias", "the first key of the store is used"));
  for (const auto name : https_keys_without_effect) keys.push_back({name});
  // Hosts of requests are compared with nothing, so there is nothing to switch off.
  keys.push_back({"disableSniHostCheck", [](reader& from, const YAML::Node& value) {
                    bool ignored = false;
                    from.flag(value, ignored);
                  }});
  return keys;
}

void check_https(reader& from, const YAML::Node& block, const net::tls_server_options& made) {
  if (made.certificate_file.empty()) {
    return from.refuse(block, "https needs a keyStorePath or a certificateFile", false);
  }
  if (made.clients != net::client_certificate::unasked && made.ca_file.empty()) {
    from.refuse(block, "whoever asks clients for certificates needs a trustStorePath or a caFile",
                false);
  }
}

void read_connector(reader& from, const YAML::Node& block, port_settings& into) {
  std::vector<key> keys{
      {"type",
       [](reader& inner, const YAML::Node& value) {
         constexpr std::array<std::string_view, 2> names{"http", "https"};
         inner.one_of(value, names);
       }},
      {"port", [&](reader& inner,
                   const YAML::Node& value) { inner.integer(value, 0, 65535, into.listen.port); }},
      {"bindHost",
       [&](reader& inner, const YAML::Node& value) { inner.text(value, into.listen.host); }},
      {"idleTimeout",
       [&](reader& inner, const YAML::Node& value) {
         inner.duration(value, 1s, 24h, into.limits.idle_timeout);
       }},
      {"maxRequestHeaderSize",
       [&](reader& inner, const YAML::Node& value) {
         inner.size(value, 1024, 1024 * 1024, into.limits.max_head_bytes);
       }},
      {"useProxyProtocol",
       [](reader& inner, const YAML::Node& value) { read_proxy_protocol(inner, value); }},
  };
  for (const auto name : connector_keys_without_effect) keys.push_back({name});
  if (!block.IsMap() || !is_https(block["type"])) return from.block(block, keys);
  net::tls_server_options tls;
  for (auto& one : https_keys(tls)) keys.push_back(std::move(one));
  from.block(block, keys);
  check_https(from, block, tls);
  into.tls = std::move(tls);
}

/// A list with one connector, as Dropwizard writes it.
void read_connectors(reader& from, const YAML::Node& list, port_settings& into) {
  if (list.IsSequence() && list.size() != 1) {
    return from.refuse(list, "a list with exactly one connector is accepted");
  }
  from.items(list, [&](const YAML::Node& block) { read_connector(from, block, into); });
}

/// Port 0 takes any free one; two hosts may be two interfaces.
void check_ports(reader& from, const YAML::Node& block, const settings& made) {
  const auto& [host, port] = made.application.listen;
  if (port == 0 || port != made.admin.listen.port || host != made.admin.listen.host) return;
  from.refuse(block,
              "applicationConnectors and adminConnectors both have port " + std::to_string(port) +
                  "; a port of its own for each is accepted",
              false);
}

}  // namespace

void read_server(reader& from, const YAML::Node& block, settings& into) {
  std::vector<key> keys{
      {"type",
       [](reader& inner, const YAML::Node& value) {
         constexpr std::array<std::string_view, 1> names{"default"};
         inner.one_of(value, names);
       }},
      {"applicationConnectors",
       [&](reader& inner, const YAML::Node& value) {
         read_connectors(inner, value, into.application);
       }},
      {"adminConnectors",
       [&](reader& inner, const YAML::Node& value) { read_connectors(inner, value, into.admin); }},
      {"shutdownGracePeriod",
       [&](reader& inner, const YAML::Node& value) {
         std::chrono::milliseconds given{-1};
         inner.duration(value, 0s, 24h, given);
         if (given >= 0s) into.shutdown_grace_period = given;
       }},
      {"maxConnections",
       [&](reader& inner, const YAML::Node& value) {
         inner.integer(value, 1, 100'000, into.application.limits.max_connections);
       }},
  };
  for (const auto* name : {"rootPath", "applicationContextPath", "adminContextPath"}) {
    keys.push_back({name, [](reader& inner, const YAML::Node& value) { read_root(inner, value); }});
  }
  for (const auto* name :
       {"adminMinThreads", "adminMaxThreads", "minThreads", "maxThreads", "maxQueuedRequests",
        "idleThreadTimeout", "allowedMethods", "registerDefaultExceptionMappers",
        "enableThreadNameFilter", "gzip", "requestLog", "responseMeteredLevel", "metricPrefix"}) {
    keys.push_back({name});
  }
  from.block(block, keys);
  check_ports(from, block, into);
}

}  // namespace helenus::config
