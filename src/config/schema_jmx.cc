#include "config/schema.h"

#include <array>

namespace helenus::config {
namespace {

void read_ports(reader& from, const YAML::Node& map, jmx_settings& into) {
  from.entries(map, [&](const std::string& host, const YAML::Node& port) {
    from.integer(port, 1, 65535, into.host_ports[host]);
  });
}

void read_login(reader& from, const YAML::Node& block, jmx_login& into) {
  const std::array keys{
      key{"username",
          [&](reader& inner, const YAML::Node& value) { inner.text(value, into.username); }},
      key{"password",
          [&](reader& inner, const YAML::Node& value) { inner.secret(value, into.password); }}};
  from.block(block, keys);
}

void read_logins(reader& from, const YAML::Node& map, jmx_settings& into) {
  from.entries(map, [&](const std::string& cluster, const YAML::Node& login) {
    read_login(from, login, into.cluster_logins[cluster]);
  });
}

/// A key of our own: with Reaper TLS is a matter of its JVM.
void read_tls(reader& from, const YAML::Node& block, jmx_settings& into) {
  bool enabled = true;
  bool verify_name = true;
  net::tls_client_options tls;
  const auto file = [](std::string& path) {
    return [&path](reader& inner, const YAML::Node& value) { inner.text(value, path); };
  };
  const auto flag = [](bool& set) {
    return [&set](reader& inner, const YAML::Node& value) { inner.flag(value, set); };
  };
  const std::array keys{key{"enabled", flag(enabled)},
                        key{"caFile", file(tls.ca_file)},
                        key{"certificateFile", file(tls.certificate_file)},
                        key{"keyFile", file(tls.key_file)},
                        key{"keyPasswordFile", file(tls.key_password_file)},
                        key{"verifyHostName", flag(verify_name)}};
  from.block(block, keys);
  if (tls.certificate_file.empty() && !(tls.key_file + tls.key_password_file).empty()) {
    return from.refuse(block, "a key is accepted with a certificateFile only");
  }
  if (!verify_name) tls.verification = net::tls_verification::chain;
  if (enabled) into.tls = std::move(tls);
}

}  // namespace

std::vector<key> jmx_keys(jmx_settings& into) {
  return {
      {"jmxPorts", [&](reader& from, const YAML::Node& map) { read_ports(from, map, into); }},
      {"jmxAuth",
       [&](reader& from, const YAML::Node& block) { read_login(from, block, into.default_login); }},
      {"jmxCredentials",
       [&](reader& from, const YAML::Node& map) { read_logins(from, map, into); }},
      {"jmxTls", [&](reader& from, const YAML::Node& block) { read_tls(from, block, into); }},
      {"jmxConnectionTimeoutInSeconds", [&](reader& from, const YAML::Node& value) {
         std::int64_t seconds = 0;
         from.integer(value, 1, 600, seconds);
         if (seconds > 0) into.connect_timeout = std::chrono::seconds(seconds);
       }}};
}

}  // namespace helenus::config
