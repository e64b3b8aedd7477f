#include "config/schema.h"

#include <array>

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

/// Known only so that the one complaint about `type: https` does not drown in others.
constexpr std::array<std::string_view, 22> https_keys{"keyStorePath",
                                                      "keyStorePassword",
                                                      "keyStoreType",
                                                      "trustStorePath",
                                                      "trustStorePassword",
                                                      "trustStoreType",
                                                      "keyManagerPassword",
                                                      "needClientAuth",
                                                      "wantClientAuth",
                                                      "certAlias",
                                                      "crlPath",
                                                      "enableCRLDP",
                                                      "enableOCSP",
                                                      "validateCerts",
                                                      "validatePeers",
                                                      "supportedProtocols",
                                                      "excludedProtocols",
                                                      "supportedCipherSuites",
                                                      "excludedCipherSuites",
                                                      "allowRenegotiation",
                                                      "endpointIdentificationAlgorithm",
                                                      "disableSniHostCheck"};

bool is_https(const YAML::Node& type) {
  return type && type.IsScalar() && enumeration_name(type.Scalar()) == "HTTPS";
}

void read_connector_type(reader& from, const YAML::Node& value) {
  if (is_https(value)) {
    return from.refuse(value, "this version serves plain HTTP only; accepted: http");
  }
  constexpr std::array<std::string_view, 1> names{"http"};
  from.one_of(value, names);
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

void read_connector(reader& from, const YAML::Node& block, port_settings& into) {
  std::vector<key> keys{
      {"type", [](reader& inner, const YAML::Node& value) { read_connector_type(inner, value); }},
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
  if (block.IsMap() && is_https(block["type"])) {
    for (const auto name : https_keys) keys.push_back({name});
  }
  from.block(block, keys);
}

/// A list with one connector, as Dropwizard writes it.
void read_connectors(reader& from, const YAML::Node& list, port_settings& into) {
  if (list.IsSequence() && list.size() != 1) {
    return from.refuse(list, "a list with exactly one connector is accepted");
  }
  from.items(list, [&](const YAML::Node& block) { read_connector(from, block, into); });
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
         inner.duration(value, 0s, 24h, into.shutdown_grace_period);
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
}

}  // namespace helenus::config
