#include "unit/config/parsed_text.h"

#include <gmock/gmock.h>
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

TEST(schema_server_test, each_connector_has_a_port_of_its_own) {
  const auto both =
      complaint("server: {applicationConnectors: [{port: 7}], adminConnectors: [{port: 7}]}");
  EXPECT_THAT(both, testing::HasSubstr("adminConnectors"));
  EXPECT_THAT(both, testing::HasSubstr("port 7"));
  EXPECT_THAT(complaint("server: {applicationConnectors: [{port: 8081}]}"),
              testing::HasSubstr("port 8081"));
  EXPECT_EQ(made("server: {applicationConnectors: [{port: 0}], adminConnectors: [{port: 0}]}")
                .admin.listen.port,
            0);
  made(
      "server: {applicationConnectors: [{port: 7, bindHost: 127.0.0.1}],"
      " adminConnectors: [{port: 7, bindHost: '::1'}]}");
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

std::string https(const std::string& keys) {
  return "server: {applicationConnectors: [{type: https, " + keys + "}]}";
}

TEST(schema_server_test, https_is_as_in_reaper) {
  const auto set = made(
      https("port: 8443, keyStorePath: /k, keyStorePassword: changeit, keyStoreType: JKS,"
            " trustStorePath: /t, trustStorePassword: alsoit, needClientAuth: true,"
            " disableSniHostCheck: true, validateCerts: false, crlPath: null, enableOCSP: false,"
            " excludedProtocols: [SSL.*, TLSv1, 'TLSv1\\.1'], supportedCipherSuites: []"));
  ASSERT_TRUE(set.application.tls);
  EXPECT_EQ(set.application.listen.port, 8443);
  EXPECT_EQ(set.application.tls->certificate_file, "/k");
  EXPECT_EQ(set.application.tls->key_password.reveal(), "changeit");
  EXPECT_EQ(set.application.tls->ca_file, "/t");
  EXPECT_EQ(set.application.tls->ca_password.reveal(), "alsoit");
  EXPECT_EQ(set.application.tls->clients, net::client_certificate::needed);
  EXPECT_FALSE(set.application.tls->only_tls13);
  EXPECT_FALSE(set.admin.tls);
}

TEST(schema_server_test, https_takes_pem_files_as_well) {
  const auto tls = *made(https("certificateFile: /c, keyFile: /k, keyPasswordFile: /p, caFile: /a,"
                               " wantClientAuth: true"))
                        .application.tls;
  EXPECT_EQ(tls.certificate_file + tls.key_file + tls.key_password_file + tls.ca_file, "/c/k/p/a");
  EXPECT_EQ(tls.clients, net::client_certificate::wanted);
}

TEST(schema_server_test, https_can_leave_out_tls_12_and_nothing_else) {
  for (const std::string lists :
       {"supportedProtocols: [TLSv1.3]", "excludedProtocols: ['TLSv1\\.2', TLSv1.1]"}) {
    EXPECT_TRUE(made(https("keyStorePath: /k, " + lists)).application.tls->only_tls13) << lists;
  }
  EXPECT_FALSE(made(https("keyStorePath: /k, supportedProtocols: [TLSv1.2, TLSv1.3]"))
                   .application.tls->only_tls13);
  for (const std::string lists : {"supportedProtocols: [TLSv1.2]", "supportedProtocols: []",
                                  "excludedProtocols: ['TLSv1\\.3']"}) {
    EXPECT_NE(complaint(https("keyStorePath: /k, " + lists)), "") << lists;
  }
}

TEST(schema_server_test, https_that_would_check_less_than_asked_for_is_refused) {
  for (const std::string wrong :
       {"port: 1", "keyStorePath: /k, needClientAuth: true", "keyStorePath: /k, crlPath: /c",
        "keyStorePath: /k, enableOCSP: true", "keyStorePath: /k, certAlias: mine",
        "keyStorePath: /k, excludedCipherSuites: [TLS_X]"}) {
    EXPECT_NE(complaint(https(wrong)), "") << wrong;
  }
  EXPECT_EQ(complaint(https("certAlias: ours, keyStorePath: /k, keyStorePassword: s3cret"))
                .find("s3cret"),
            std::string::npos);
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
