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

TEST(schema_server_test, every_key_of_a_connector_of_reaper_is_known) {
  const auto set = made(
      "server: {applicationConnectors: [{type: http, port: 1, headerCacheSize: 1KiB,"
      " outputBufferSize: 32KiB, maxRequestHeaderSize: 8KiB, maxResponseHeaderSize: 8KiB,"
      " inputBufferSize: 8KiB, idleTimeout: 30s, acceptorThreads: 1, selectorThreads: 2,"
      " acceptQueueSize: 5, reuseAddress: true, useServerHeader: false, useDateHeader: true,"
      " useForwardedHeaders: false, useProxyProtocol: false, httpCompliance: RFC7230,"
      " uriCompliance: DEFAULT, requestCookieCompliance: RFC6265,"
      " responseCookieCompliance: RFC6265}]}");
  EXPECT_EQ(set.application.listen.port, 1);
}

TEST(schema_server_test, https_is_one_mistake_whatever_else_it_sets) {
  EXPECT_EQ(complaint("server: {applicationConnectors: [{type: https, keyStorePath: /k,"
                      " keyStorePassword: changeit, needClientAuth: true}]}"),
            "f:1: server.applicationConnectors[0].type: \"https\": this version serves plain HTTP "
            "only; accepted: http\n");
  EXPECT_NE(complaint("server: {applicationConnectors: [{keyStorePath: /k}]}"), "");
}

TEST(schema_server_test, what_would_make_clients_miss_the_api_is_refused) {
  EXPECT_EQ(
      complaint("server: {applicationConnectors: [{useProxyProtocol: true}]}"),
      "f:1: server.applicationConnectors[0].useProxyProtocol: \"true\": this version does not "
      "understand the PROXY protocol; accepted: false\n");
  for (const std::string name : {"rootPath", "applicationContextPath", "adminContextPath"}) {
    EXPECT_EQ(complaint("server: {" + name + ": /reaper}"),
              "f:1: server." + name +
                  ": \"/reaper\": this version serves at the root of its port; accepted: /\n");
    EXPECT_EQ(complaint("server: {" + name + ": /}"), "");
  }
  EXPECT_EQ(complaint("server: {rootPath: '/*'}"), "");
}

}  // namespace
}  // namespace helenus::config
