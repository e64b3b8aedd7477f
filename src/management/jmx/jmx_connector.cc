#include "management/jmx/jmx_connector.h"

#include "management/jmx/jmx_node_calls.h"
#include "management/link/link_connector.h"

#include <cstdint>
#include <utility>

namespace helenus::management::jmx {
namespace {

constexpr std::uint16_t default_port = 7199;

}  // namespace

link::node_target target_of(const jmx_management_options& options, const model::cluster& cluster,
                            const model::node_address& address) {
  const auto& host = options.only_host.empty() ? address : options.only_host;
  link::node_target target{
      {host, cluster.jmx_port}, cluster.name, cluster.jmx_username, cluster.jmx_password};
  if (const auto port = options.ports.find(host); port != options.ports.end()) {
    target.endpoint.port = port->second;
  }
  if (const auto other = options.translations.find(address); other != options.translations.end()) {
    target.endpoint.host = other->second.host;
    if (other->second.port != 0) target.endpoint.port = other->second.port;
  }
  if (target.endpoint.port == 0) target.endpoint.port = default_port;
  return target;
}

std::unique_ptr<node_connector> make_connector(boost::asio::any_io_executor executor,
                                               base::clock& clock, jmx_management_options options) {
  auto dialer = make_jmx_dialer(clock, options);
  const auto links = options.links;
  auto where = [options = std::move(options)](const model::cluster& cluster,
                                              const model::node_address& address) {
    return target_of(options, cluster, address);
  };
  return std::make_unique<link::link_connector>(std::move(executor), clock, links, std::move(where),
                                                std::move(dialer));
}

}  // namespace helenus::management::jmx
