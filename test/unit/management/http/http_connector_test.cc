#include "management/http/http_connector.h"

#include "management/errc.h"
#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::management::http {
namespace {

TEST(http_target_of_test, every_node_has_the_port_of_the_configuration) {
  http_management_options options;
  model::cluster cluster;
  cluster.name = "c";
  cluster.jmx_port = 7200;
  EXPECT_EQ(net::to_text(target_of(options, cluster, "10.0.0.1").endpoint), "10.0.0.1:8080");
  EXPECT_EQ(target_of(options, cluster, "10.0.0.1").cluster, "c");
  options.port = 9443;
  EXPECT_EQ(net::to_text(target_of(options, cluster, "10.0.0.1").endpoint), "10.0.0.1:9443");
  options.only_host = "127.0.0.1";
  EXPECT_EQ(net::to_text(target_of(options, cluster, "10.0.0.1").endpoint), "127.0.0.1:9443");
}

TEST(http_connector_test, certificates_are_asked_for_by_cluster_at_each_request) {
  boost::asio::io_context context;
  base::virtual_clock clock;
  std::vector<std::string> asked;
  http_management_options options;
  options.certificates = [&](std::string cluster) -> task<std::shared_ptr<const net::tls_context>> {
    asked.push_back(std::move(cluster));
    co_return error{base::errc::unavailable, "the Secret is not there yet"};
  };
  const auto dialer = make_http_dialer(context.get_executor(), clock, options);
  const auto node = *test::run(context, clock, dialer->connect({{"192.0.2.1", 8080}, "c", {}, {}}));
  for (int request = 0; request < 2; ++request) {
    const auto refused = test::run(context, clock, node->identity());
    EXPECT_EQ(refused.error().code, errc::tls_failed);
    EXPECT_NE(refused.error().message().find("the Secret is not there yet"), std::string::npos);
  }
  EXPECT_EQ(asked, (std::vector<std::string>{"c", "c"}));
}

}  // namespace
}  // namespace helenus::management::http
