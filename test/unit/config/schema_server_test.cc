#include "unit/config/parsed_text.h"

#include <gtest/gtest.h>

namespace helenus::config {
namespace {

using namespace std::chrono_literals;

TEST(schema_server_test, ports_hosts_and_limits_are_set_per_connector) {
  const auto set = made(
      "server: {applicationConnectors: [{port: 1, bindHost: '::', idleTimeout: 5s}],"
      " adminConnectors: [{port: 2, maxRequestHeaderSize: 4KiB}], maxConnections: 7}");
  EXPECT_EQ(set.application.listen.port, 1);
  EXPECT_EQ(set.application.listen.host, "::");
  EXPECT_EQ(set.application.limits.idle_timeout, 5s);
  EXPECT_EQ(set.application.limits.max_connections, 7U);
  EXPECT_EQ(set.admin.listen.port, 2);
  EXPECT_EQ(set.admin.limits.max_head_bytes, 4096U);
  EXPECT_EQ(set.admin.limits.max_connections, 512U);
}

TEST(schema_server_test, there_is_exactly_one_connector_per_port) {
  EXPECT_NE(complaint("server: {applicationConnectors: []}"), "");
  EXPECT_NE(complaint("server: {applicationConnectors: [{port: 1}, {port: 2}]}"), "");
  EXPECT_NE(complaint("server: {type: simple}"), "");
}

}  // namespace
}  // namespace helenus::config
