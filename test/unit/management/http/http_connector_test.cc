#include "management/http/http_connector.h"

#include "management/errc.h"
#include "support/run.h"
#include "unit/management/http/scripted_api.h"

#include <gtest/gtest.h>

#include <algorithm>

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

TEST(http_connector_test, of_several_addresses_the_first_is_taken_behind_which_cassandra_runs) {
  boost::asio::io_context context;
  base::virtual_clock clock;
  scripted_api not_started;
  not_started.pid.clear();
  scripted_api gone;
  gone.down = error{net::errc::refused, "nobody listens"};
  scripted_api running;
  scripted_api_dialer scripted(context.get_executor(), clock, {});
  scripted.apis = {{"a", &not_started}, {"b", &gone}, {"c", &running}};
  const auto choose = [&](std::vector<std::string> hosts) {
    std::vector<std::shared_ptr<link::node_calls>> addresses;
    for (const auto& host : hosts) {
      addresses.push_back(*test::run(context, clock, scripted.connect({{host, 1}, "", {}, {}})));
    }
    const auto chosen = test::run(context, clock, first_that_runs(addresses));
    if (!chosen) return chosen.error().message();
    return hosts.at(static_cast<std::size_t>(
        std::find(addresses.begin(), addresses.end(), *chosen) - addresses.begin()));
  };
  EXPECT_EQ(choose({"a", "b", "c"}), "c");
  EXPECT_EQ(choose({"c", "a"}), "c");
  EXPECT_NE(choose({"b", "a"}).find("Cassandra does not run"), std::string::npos);
  EXPECT_EQ(choose({"a"}), "a") << "who uses it will hear";
}

}  // namespace
}  // namespace helenus::management::http
