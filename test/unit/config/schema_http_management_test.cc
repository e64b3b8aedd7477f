#include "config/container.h"
#include "unit/config/parsed_text.h"

#include <gtest/gtest.h>

#include <map>

namespace helenus::config {
namespace {

TEST(schema_http_management_test, nodes_are_asked_over_jmx_until_it_is_enabled) {
  for (const auto* text : {"", "httpManagement:", "httpManagement: {keystore: /own.jks}"}) {
    EXPECT_FALSE(made(text).http_management.enabled) << text;
  }
  const auto on = made("httpManagement: {enabled: true}").http_management;
  EXPECT_TRUE(on.enabled);
  EXPECT_EQ(on.port, 8080);
  EXPECT_EQ(on.metrics_port, 9000);
  EXPECT_FALSE(on.uses_tls());
}

TEST(schema_http_management_test, every_key_is_read_whether_its_files_are_there_or_not) {
  const auto all = made(R"(
jmxAuth: {username: u, password: p}
httpManagement:
  enabled: true
  managementApiPort: 8443
  mgmtApiMetricsPort: 9001
  metricsTLSEnabled: true
  keystore: /no/keystore.jks
  truststore: /no/truststore.jks
  truststoresDir: /no/stores
)");
  const auto& read = all.http_management;
  EXPECT_EQ(read.port, 8443);
  EXPECT_EQ(read.metrics_port, 9001);
  EXPECT_TRUE(read.metrics_tls);
  EXPECT_EQ(read.keystore, "/no/keystore.jks");
  EXPECT_EQ(read.truststore, "/no/truststore.jks");
  EXPECT_EQ(read.truststores_dir, "/no/stores");
  EXPECT_TRUE(all.not_used.empty());
  EXPECT_TRUE(all.warnings.empty());
}

TEST(schema_http_management_test, mistakes_say_what_is_accepted) {
  EXPECT_EQ(complaint("httpManagement: {managementApiPort: 0}"),
            "f:1: httpManagement.managementApiPort: \"0\": a whole number from 1 to 65535 is "
            "accepted\n");
  EXPECT_EQ(complaint("httpManagement: {enabled: perhaps}"),
            "f:1: httpManagement.enabled: \"perhaps\": true or false is accepted\n");
  EXPECT_NE(complaint("httpManagement: {keyStore: /own.jks}").find("did you mean keystore?"),
            std::string::npos);
}

TEST(schema_http_management_test, tls_takes_a_key_store_or_a_folder_of_stores) {
  EXPECT_TRUE(made("httpManagement: {enabled: true, keystore: /k}").http_management.uses_tls());
  EXPECT_TRUE(
      made("httpManagement: {enabled: true, truststoresDir: /d}").http_management.uses_tls());
  const auto alone = made("httpManagement: {enabled: true, truststore: /t}");
  EXPECT_FALSE(alone.http_management.uses_tls());
  ASSERT_EQ(alone.warnings.size(), 1U);
  EXPECT_NE(alone.warnings[0].find("httpManagement.truststore"), std::string::npos);
  EXPECT_TRUE(made("httpManagement: {truststore: /t}").warnings.empty()) << "it is not enabled";
}

TEST(schema_http_management_test, metrics_under_tls_need_stores) {
  EXPECT_EQ(complaint("httpManagement:\n  metricsTLSEnabled: true\n  enabled: true\n"),
            "f:2: httpManagement.metricsTLSEnabled: \"true\": true is accepted with a keystore or "
            "a truststoresDir only\n");
  EXPECT_EQ(complaint("httpManagement: {metricsTLSEnabled: true}"), "") << "it is not enabled";
}

TEST(schema_http_management_test, the_variables_of_the_image_are_those_of_the_operator) {
  const auto outcome = from_environment(
      {.values = {{"REAPER_AUTH_ENABLED", "false"},
                  {"REAPER_HTTP_MANAGEMENT_ENABLE", "true"},
                  {"REAPER_HTTP_MANAGEMENT_KEYSTORE_PATH", "/etc/encryption/mgmt/keystore.jks"},
                  {"REAPER_HTTP_MANAGEMENT_TRUSTSTORE_PATH", "/etc/encryption/mgmt/truststore.jks"},
                  {"REAPER_HTTP_MANAGEMENT_TRUSTSTORES_DIR", ""}}});
  const auto& read = std::get<settings>(outcome).http_management;
  EXPECT_TRUE(read.enabled);
  EXPECT_EQ(read.keystore, "/etc/encryption/mgmt/keystore.jks");
  EXPECT_EQ(read.truststore, "/etc/encryption/mgmt/truststore.jks");
  EXPECT_EQ(read.truststores_dir, "");
}

}  // namespace
}  // namespace helenus::config
