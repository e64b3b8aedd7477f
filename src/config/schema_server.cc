#include "config/schema.h"

#include <array>

namespace helenus::config {

using namespace std::chrono_literals;

namespace {

/// Keys of a connector; those without effect are Jetty's own.
constexpr std::array<std::string_view, 12> connector_keys_without_effect{
    "headerCacheSize", "outputBufferSize", "maxResponseHeaderSize", "inputBufferSize",
    "acceptorThreads", "selectorThreads",  "acceptQueueSize",       "reuseAddress",
    "useServerHeader", "useDateHeader",    "useForwardedHeaders",   "httpCompliance"};

void read_connector_type(reader& from, const YAML::Node& value) {
  if (value.IsScalar() && enumeration_name(value.Scalar()) == "HTTPS") {
    return from.refuse(value, "this version serves plain HTTP only; accepted: http");
  }
  constexpr std::array<std::string_view, 1> names{"http"};
  from.one_of(value, names);
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
  };
  for (const auto name : connector_keys_without_effect) keys.push_back({name});
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
  for (const auto* name :
       {"adminMinThreads", "adminMaxThreads", "minThreads", "maxThreads", "maxQueuedRequests",
        "idleThreadTimeout", "allowedMethods", "rootPath", "applicationContextPath",
        "adminContextPath", "registerDefaultExceptionMappers", "enableThreadNameFilter", "gzip",
        "requestLog", "responseMeteredLevel", "metricPrefix"}) {
    keys.push_back({name});
  }
  from.block(block, keys);
}

}  // namespace helenus::config
