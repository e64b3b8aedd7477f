#include "management/http/http_connector.h"

#include "http/client.h"
#include "management/errc.h"
#include "management/http/http_node_calls.h"
#include "management/link/link_connector.h"

#include <utility>

namespace helenus::management::http {
namespace {

class http_dialer final : public link::node_dialer {
 public:
  http_dialer(boost::asio::any_io_executor executor, base::clock& clock,
              http_management_options options)
      : executor_(std::move(executor)), clock_(clock), options_(std::move(options)) {}

  task<std::shared_ptr<link::node_calls>> connect(link::node_target target) override {
    std::shared_ptr<const net::tls_context> tls;
    if (options_.certificates) {
      auto current = co_await options_.certificates(target.cluster);
      if (!current) co_return error{errc::tls_failed, current.error().message()};
      tls = std::move(*current);
    }
    const auto of_api = ways_to(target.endpoint.host, target.endpoint.port, tls);
    const auto of_metrics =
        ways_to(target.endpoint.host, options_.metrics_port, options_.metrics_tls ? tls : nullptr);
    auto ask = [&clock = clock_, of_api, of_metrics](service to, ::helenus::http::request what) {
      return ::helenus::http::fetch(clock, to == service::api ? of_api : of_metrics,
                                    std::move(what));
    };
    co_return std::make_shared<http_node_calls>(executor_, clock_, std::move(ask), options_);
  }

 private:
  ::helenus::http::client_options ways_to(const std::string& host, std::uint16_t port,
                                          std::shared_ptr<const net::tls_context> tls) const {
    ::helenus::http::client_options ways;
    ways.host = host;
    ways.port = port;
    ways.timeout = options_.request_timeout;
    ways.max_body_bytes = 64 * 1024 * 1024;  // the ranges of a ring of a thousand nodes
    ways.tls = std::move(tls);
    return ways;
  }

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  http_management_options options_;
};

}  // namespace

std::unique_ptr<link::node_dialer> make_http_dialer(boost::asio::any_io_executor executor,
                                                    base::clock& clock,
                                                    http_management_options options) {
  return std::make_unique<http_dialer>(std::move(executor), clock, std::move(options));
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
