#include "config/schema.h"

#include <array>

namespace helenus::config {

void read_http_management(reader& from, const YAML::Node& block, settings& into) {
  auto& with = into.http_management;
  YAML::Node metrics_tls;
  const auto flag = [](bool& set) {
    return [&set](reader& inner, const YAML::Node& value) { inner.flag(value, set); };
  };
  const auto port = [](std::uint16_t& number) {
    return [&number](reader& inner, const YAML::Node& value) {
      inner.integer(value, 1, 65535, number);
    };
  };
  const auto path = [](std::string& name) {
    return [&name](reader& inner, const YAML::Node& value) { inner.text(value, name); };
  };
  const std::array keys{key{"enabled", flag(with.enabled)},
                        key{"managementApiPort", port(with.port)},
                        key{"mgmtApiMetricsPort", port(with.metrics_port)},
                        key{"metricsTLSEnabled",
                            [&](reader& inner, const YAML::Node& value) {
                              inner.flag(value, with.metrics_tls);
                              metrics_tls = value;
                            }},
                        key{"keystore", path(with.keystore)},
                        key{"truststore", path(with.truststore)},
                        key{"truststoresDir", path(with.truststores_dir)}};
  from.block(block, keys);
  if (!with.enabled || with.uses_tls()) return;
  if (with.metrics_tls) {
    from.problems.push_back({metrics_tls.Mark().line + 1, "httpManagement.metricsTLSEnabled",
                             metrics_tls.Scalar(),
                             "true is accepted with a keystore or a truststoresDir only"});
  }
  if (!with.truststore.empty()) {
    into.warnings.emplace_back(
        "httpManagement.truststore has no effect without keystore or truststoresDir: nodes are "
        "asked without TLS");
  }
}

}  // namespace helenus::config
