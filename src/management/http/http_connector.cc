#include "management/http/http_connector.h"

#include "http/client.h"
#include "management/errc.h"
#include "management/http/http_node_calls.h"
#include "management/link/link_connector.h"
#include "net/connect.h"
#include "net/errc.h"

#include <utility>
#include <vector>

namespace helenus::management::http {
namespace {

/// Where the servers of a node are, and how they are asked.
struct node_ways {
  std::string cluster;
  ::helenus::http::client_options api;
  ::helenus::http::client_options metrics;
  std::shared_ptr<const http_management_options> options;
};

/// A connection of its own for the request, with the certificates that hold now.
task<::helenus::http::response> ask(base::clock& clock, node_ways ways, service to,
                                    ::helenus::http::request what) {
  auto way = to == service::api ? std::move(ways.api) : std::move(ways.metrics);
  const bool under_tls = to == service::api || ways.options->metrics_tls;
  if (under_tls && ways.options->certificates) {
    auto current = co_await ways.options->certificates(ways.cluster);
    if (!current && current.error().code == net::errc::certificate_unreadable) {
      co_return current.error();
    }
    if (!current) co_return error{net::errc::certificate_unreadable, current.error().message()};
    way.tls = std::move(*current);
  }
  co_return co_await ::helenus::http::fetch(clock, std::move(way), std::move(what));
}

class http_dialer final : public link::node_dialer {
 public:
  http_dialer(boost::asio::any_io_executor executor, base::clock& clock,
              http_management_options options)
      : executor_(std::move(executor)),
        clock_(clock),
        options_(std::make_shared<const http_management_options>(std::move(options))) {}

  task<std::shared_ptr<link::node_calls>> connect(link::node_target target) override {
    // Each request has a connection of its own, and all of them must lead to the same node.
    const auto found =
        co_await net::addresses_of(clock_, target.endpoint.host, options_->request_timeout);
    if (!found) co_return error{errc::node_unreachable, found.error().message()};
    std::vector<std::shared_ptr<link::node_calls>> addresses;
    for (const auto& address : *found) {
      addresses.push_back(calls_to(target.cluster, {address, target.endpoint.port}));
    }
    co_return co_await first_that_runs(std::move(addresses));
  }

 private:
  std::shared_ptr<link::node_calls> calls_to(const std::string& cluster,
                                             const net::endpoint& node) const {
    const node_ways ways{cluster, way_to(node.host, node.port),
                         way_to(node.host, options_->metrics_port), options_};
    auto exchange = [&clock = clock_, ways](service to, ::helenus::http::request what) {
      return ask(clock, ways, to, std::move(what));
    };
    return std::make_shared<http_node_calls>(executor_, clock_, std::move(exchange), *options_);
  }
  ::helenus::http::client_options way_to(const std::string& host, std::uint16_t port) const {
    ::helenus::http::client_options way;
    way.host = host;
    way.port = port;
    way.timeout = options_->request_timeout;
    way.max_body_bytes = 64 * 1024 * 1024;  // the ranges of a ring of a thousand nodes
    return way;
  }

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  std::shared_ptr<const http_management_options> options_;
};

}  // namespace

std::unique_ptr<link::node_dialer> make_http_dialer(boost::asio::any_io_executor executor,
                                                    base::clock& clock,
                                                    http_management_options options) {
  return std::make_unique<http_dialer>(std::move(executor), clock, std::move(options));
}

task<std::shared_ptr<link::node_calls>> first_that_runs(
    std::vector<std::shared_ptr<link::node_calls>> addresses) {
  if (addresses.size() == 1) co_return addresses.front();
  error last{errc::node_unreachable, "there is no address"};
  for (const auto& calls : addresses) {
    const auto node = co_await calls->identity();
    if (node) co_return calls;
    last = node.error();
    co_await calls->close();
  }
  co_return last;
}

link::node_target target_of(const http_management_options& options, const model::cluster& cluster,
                            const model::node_address& address) {
  return {{options.only_host.empty() ? address : options.only_host, options.port},
          cluster.name,
          {},
          {}};
}

std::unique_ptr<node_connector> make_connector(boost::asio::any_io_executor executor,
                                               base::clock& clock,
                                               http_management_options options) {
  const auto links = options.links;
  auto where = [options](const model::cluster& cluster, const model::node_address& address) {
    return target_of(options, cluster, address);
  };
  auto dialer = make_http_dialer(executor, clock, std::move(options));
  return std::make_unique<link::link_connector>(std::move(executor), clock, links, std::move(where),
                                                std::move(dialer));
}

}  // namespace helenus::management::http
