#include "unit/config/parsed_text.h"

#include <gtest/gtest.h>

namespace helenus::config {
namespace {

TEST(schema_jmx_test, tls_is_off_until_its_block_is_there) {
  EXPECT_FALSE(made("jmxAuth: {username: u, password: p}").jmx.tls);
  EXPECT_FALSE(made("jmxTls: {enabled: false, caFile: /ca.pem}").jmx.tls);
  EXPECT_FALSE(made("jmxTls:").jmx.tls);
  const auto system = made("jmxTls: {enabled: true}").jmx.tls;
  ASSERT_TRUE(system);
  EXPECT_EQ(system->ca_file, "") << "the authorities of the system";
  EXPECT_EQ(system->verification, net::tls_verification::chain_and_name);
}

TEST(schema_jmx_test, tls_names_its_files) {
  const auto tls = made(R"(
jmxTls:
  caFile: /ca.pem
  certificateFile: /own.pem
  keyFile: /own.key
  keyPasswordFile: /own.password
  verifyHostName: false
)")
                       .jmx.tls;
  ASSERT_TRUE(tls);
  EXPECT_EQ(tls->ca_file, "/ca.pem");
  EXPECT_EQ(tls->certificate_file, "/own.pem");
  EXPECT_EQ(tls->key_file, "/own.key");
  EXPECT_EQ(tls->key_password_file, "/own.password");
  EXPECT_EQ(tls->verification, net::tls_verification::chain) << "the authority is always checked";
}

TEST(schema_jmx_test, a_key_without_a_certificate_is_refused) {
  EXPECT_NE(complaint("jmxTls: {keyFile: /own.key}").find("certificateFile"), std::string::npos);
  EXPECT_NE(complaint("jmxTls: {certificateFil: /own.pem}").find("did you mean certificateFile?"),
            std::string::npos);
}

TEST(schema_jmx_test, tls_that_was_asked_of_a_jvm_is_not_ignored) {
  const auto with_options = [](std::string_view text) {
    return parse(text, [](const std::string& name) -> std::optional<std::string> {
      if (name == "JAVA_OPTS") return "-Xmx1g -Dssl.enable=true";
      return std::nullopt;
    });
  };
  EXPECT_TRUE(std::get<settings>(with_options("")).jmx.tls);
  EXPECT_EQ(std::get<settings>(with_options("jmxTls: {caFile: /ca.pem}")).jmx.tls->ca_file,
            "/ca.pem");
}

TEST(schema_jmx_test, ports_logins_and_the_timeout_are_read) {
  const auto jmx = made(R"(
jmxPorts: {10.0.0.1: 7299}
jmxConnectionTimeoutInSeconds: 7
jmxAuth: {username: a, password: b}
jmxCredentials: {orders: {username: c, password: d}}
)")
                       .jmx;
  EXPECT_EQ(jmx.host_ports.at("10.0.0.1"), 7299);
  EXPECT_EQ(jmx.connect_timeout, std::chrono::seconds(7));
  EXPECT_EQ(jmx.default_login.username, "a");
  EXPECT_EQ(jmx.cluster_logins.at("orders").password, "d");
}

}  // namespace
}  // namespace helenus::config
