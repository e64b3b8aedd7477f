#include "config/java_options.h"

#include <gtest/gtest.h>

namespace helenus::config {
namespace {

using properties = std::map<std::string, std::string>;

TEST(java_options_test, properties_are_read_and_the_rest_is_left) {
  EXPECT_EQ(java_properties(
                "-Xmx2G -Dssl.enable=true  -XX:+UseG1GC\n-Djavax.net.ssl.keyStorePassword=a=b "),
            (properties{{"ssl.enable", "true"}, {"javax.net.ssl.keyStorePassword", "a=b"}}));
}

TEST(java_options_test, the_last_of_a_name_counts_and_a_value_may_be_missing) {
  EXPECT_EQ(java_properties("-Da=1 -Da=2 -Db -Dc="),
            (properties{{"a", "2"}, {"b", ""}, {"c", ""}}));
}

TEST(java_options_test, nothing_is_in_nothing) {
  EXPECT_TRUE(java_properties("").empty());
  EXPECT_TRUE(java_properties(" \t").empty());
}

jmx_settings read(const std::string& options, jmx_settings into = {}) {
  read_java_options([&options](const std::string&) { return options; }, into);
  return into;
}

TEST(java_options_test, jmx_speaks_tls_with_the_stores_of_java) {
  const auto tls = read(
                       "-Dssl.enable=true -Djavax.net.ssl.keyStore=/k "
                       "-Djavax.net.ssl.keyStorePassword=kp -Djavax.net.ssl.trustStore=/t "
                       "-Djavax.net.ssl.trustStorePassword=tp")
                       .tls;
  ASSERT_TRUE(tls);
  EXPECT_EQ(tls->certificate_file, "/k");
  EXPECT_EQ(tls->key_password.reveal(), "kp");
  EXPECT_EQ(tls->ca_file, "/t");
  EXPECT_EQ(tls->ca_password.reveal(), "tp");
  EXPECT_EQ(tls->verification, net::tls_verification::chain) << "as Java's clients of JMX";
}

TEST(java_options_test, passwords_of_stores_may_be_in_files) {
  const auto tls = read(
                       "-Dssl.enable=true -Djavax.net.ssl.keyStore=/k "
                       "-Djavax.net.ssl.keyStorePasswordFile=/kp -Djavax.net.ssl.trustStore=/t "
                       "-Djavax.net.ssl.trustStorePasswordFile=/tp")
                       .tls;
  ASSERT_TRUE(tls);
  EXPECT_EQ(tls->key_password_file, "/kp");
  EXPECT_EQ(tls->ca_password_file, "/tp");
}

TEST(java_options_test, jmx_stays_plain_until_it_is_asked_for) {
  EXPECT_FALSE(read("-Djavax.net.ssl.trustStore=/t").tls);
  EXPECT_FALSE(read("-Dssl.enable=false").tls);
  EXPECT_FALSE(read("").tls);
}

TEST(java_options_test, what_jmx_tls_says_goes_before) {
  EXPECT_EQ(read("-Dssl.enable=true -Djavax.net.ssl.trustStore=/t",
                 {.tls = net::tls_client_options{.ca_file = "/ca.pem"}})
                .tls->ca_file,
            "/ca.pem");
}

}  // namespace
}  // namespace helenus::config
