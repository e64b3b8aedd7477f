// The variables of Reaper's container image, alone and as k8ssandra-operator sets them.
#include "config/container.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace helenus::config {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;
using variables = std::map<std::string, std::string>;

loaded read(variables set) { return from_environment({.values = std::move(set)}); }

std::string complaint(variables set) {
  const auto outcome = read(std::move(set));
  const auto* wrong = std::get_if<std::vector<problem>>(&outcome);
  return wrong ? to_text("environment", *wrong) : "";
}

settings made(const variables& set) {
  EXPECT_EQ(complaint(set), "");
  return std::get<settings>(read(set));
}

const variables no_logins{{"REAPER_AUTH_ENABLED", "false"}};

variables with(variables more) {
  more.insert(no_logins.begin(), no_logins.end());
  return more;
}

TEST(container_test, without_a_variable_there_are_the_defaults_of_the_image) {
  const auto all = made({});
  EXPECT_EQ(all.application.listen.port, 8080);
  EXPECT_EQ(all.application.listen.host, "0.0.0.0");
  EXPECT_EQ(all.admin.listen.port, 8081);
  EXPECT_EQ(all.storage.folder, "/var/lib/cassandra-reaper/storage");
  EXPECT_EQ(all.runs.segments_per_node, 64);
  EXPECT_EQ(all.runs.intensity, 0.9);
  EXPECT_EQ(all.jmx.connect_timeout, 20s);
  EXPECT_TRUE(all.cross_origin);
  ASSERT_TRUE(all.access) << "logins are on";
  EXPECT_TRUE(all.access->accounts.empty()) << "and nobody may log in";
  EXPECT_THAT(all.not_used, ::testing::IsEmpty()) << "defaults are not told";
}

TEST(container_test, variables_change_them_and_empty_ones_do_not) {
  const auto all = made(with({{"REAPER_SEGMENT_COUNT_PER_NODE", "16"},
                              {"REAPER_REPAIR_INTENSITY", ""},
                              {"REAPER_REPAIR_PARALELLISM", "parallel"},
                              {"REAPER_JMX_PORTS", "{10.0.0.1: 7299}"},
                              {"REAPER_JMX_AUTH_USERNAME", "jmx"},
                              {"REAPER_JMX_AUTH_PASSWORD", "a\"b\\c${D}"},
                              {"REAPER_LOGGING_ROOT_LEVEL", "DEBUG"},
                              {"REAPER_SERVER_APP_PORT", "9090"},
                              {"REAPER_ENABLE_DYNAMIC_SEED_LIST", "false"}}));
  EXPECT_EQ(all.runs.segments_per_node, 16);
  EXPECT_EQ(all.runs.intensity, 0.9);
  EXPECT_EQ(all.jmx.host_ports.at("10.0.0.1"), 7299);
  EXPECT_EQ(all.jmx.default_login.password, "a\"b\\c${D}") << "no letter means anything in a value";
  EXPECT_EQ(all.log.lowest, base::level::debug);
  EXPECT_EQ(all.application.listen.port, 9090);
  EXPECT_FALSE(all.clusters.dynamic_seeds);
}

TEST(container_test, an_empty_folder_is_state_in_memory) {
  EXPECT_EQ(made(with({{"REAPER_MEMORY_STORAGE_DIRECTORY", ""}})).storage.folder, "");
  EXPECT_EQ(made(with({{"REAPER_MEMORY_STORAGE_DIRECTORY", "/state"}})).storage.folder, "/state");
}

TEST(container_test, the_name_of_the_variable_with_a_passphrase_switches_encryption_on) {
  EXPECT_FALSE(made({}).cryptograph);
  const auto all = made(with({{"CRYPTO_SYSTEM_PROPERTY_SECRET", "MINE"}, {"MINE", "open sesame"}}));
  ASSERT_TRUE(all.cryptograph);
  EXPECT_EQ(all.cryptograph->passphrase.reveal(), "open sesame");
}

TEST(container_test, users_come_from_variables) {
  const auto access = made({{"REAPER_AUTH_USER", "ana"},
                            {"REAPER_AUTH_PASSWORD", "p: #\"q"},
                            {"REAPER_READ_USER", "bo"},
                            {"REAPER_READ_USER_PASSWORD", "r"},
                            {"JWT_SECRET", "0123456789abcdef0123456789abcdef"}})
                          .access;
  ASSERT_TRUE(access);
  ASSERT_EQ(access->accounts.size(), 2U);
  EXPECT_EQ(access->accounts[0].password.reveal(), "p: #\"q");
  EXPECT_EQ(access->accounts[1].roles, api::roles{api::role::user});
  EXPECT_EQ(access->signing_secret.reveal(), "0123456789abcdef0123456789abcdef");
}

TEST(container_test, without_logins_other_web_pages_are_not_answered_unless_it_is_asked_for) {
  EXPECT_FALSE(made(no_logins).access);
  EXPECT_FALSE(made(no_logins).cross_origin);
  EXPECT_TRUE(made(with({{"REAPER_ENABLE_CROSS_ORIGIN", "true"}})).cross_origin);
}

TEST(container_test, what_is_wrong_is_told_by_the_name_of_the_variable) {
  EXPECT_EQ(complaint(with({{"REAPER_REPAIR_INTENSITY", "1.5"}})),
            "environment: REAPER_REPAIR_INTENSITY: \"1.5\": a number above 0 and at most 1 is "
            "accepted\n");
  EXPECT_THAT(complaint(with({{"REAPER_SERVER_ADMIN_PORT", "x"}})),
              HasSubstr("environment: REAPER_SERVER_ADMIN_PORT: \"x\": "));
  EXPECT_THAT(complaint(with({{"REAPER_JMX_PORTS", "{a: "}})),
              HasSubstr("environment: REAPER_JMX_PORTS: \"{a: \": not YAML: "));
  EXPECT_THAT(complaint(with({{"REAPER_SERVER_TLS_ENABLE", "true"}})),
              HasSubstr("environment: REAPER_SERVER_TLS_ENABLE: https needs a keyStorePath"));
  EXPECT_THAT(complaint({{"JWT_SECRET", "short"}}), HasSubstr("environment: JWT_SECRET: at least"));
}

TEST(container_test, variables_that_contradict_each_other_are_told) {
  EXPECT_THAT(complaint({{"REAPER_AUTH_USER", "ana"}}),
              HasSubstr("REAPER_AUTH_PASSWORD: REAPER_AUTH_USER is set, so this is needed"));
  EXPECT_THAT(complaint({{"REAPER_READ_USER", "bo"}}),
              HasSubstr("REAPER_READ_USER_PASSWORD: REAPER_READ_USER is set"));
}

TEST(container_test, secrets_that_come_later_are_no_mistakes_and_hide_none) {
  std::vector<std::string> entries{"REAPER_AUTH_ENABLED=true", "REAPER_JMX_AUTH_USERNAME=jmx"};
  for (const auto* name : {"JWT_SECRET", "REAPER_AUTH_USER", "REAPER_AUTH_PASSWORD",
                           "REAPER_READ_USER", "REAPER_READ_USER_PASSWORD",
                           "REAPER_JMX_AUTH_PASSWORD", "REAPER_JMX_CREDENTIALS", "JAVA_OPTS"}) {
    entries.push_back(std::string(name) + "_FILE=/nowhere");
  }
  const auto read_entries = [&entries] {
    std::vector<const char*> all;
    for (const auto& entry : entries) all.push_back(entry.c_str());
    all.push_back(nullptr);
    return from_environment(read_environment(all.data()));
  };
  const auto outcome = read_entries();
  ASSERT_TRUE(std::holds_alternative<settings>(outcome));
  EXPECT_EQ(std::get<settings>(outcome).missing_secrets.size(), 8U);
  entries.emplace_back("REAPER_REPAIR_INTENSITY=2");
  EXPECT_TRUE(std::holds_alternative<std::vector<problem>>(read_entries()));
}

TEST(container_test, logins_of_clusters_are_a_list) {
  const auto logins =
      made(with({{"REAPER_JMX_CREDENTIALS", "u:p@orders, v:q:r@s@shop.eu"}})).jmx.cluster_logins;
  ASSERT_EQ(logins.size(), 2U);
  EXPECT_EQ(logins.at("orders").password, "p");
  EXPECT_EQ(logins.at("shop.eu").username, "v");
  EXPECT_EQ(logins.at("shop.eu").password, "q:r@s");
  for (const auto* wrong : {"u:s3cret", "s3cret@orders", "u@orders:s3cret"}) {
    const auto told = complaint(with({{"REAPER_JMX_CREDENTIALS", wrong}}));
    EXPECT_THAT(told, HasSubstr("REAPER_JMX_CREDENTIALS: user:password@cluster")) << wrong;
    EXPECT_EQ(told.find("s3cret"), std::string::npos);
  }
}

TEST(container_test, variables_without_effect_are_named) {
  EXPECT_THAT(made(with({{"REAPER_LOGGING_LOGGERS", "{\"io.x\": \"DEBUG\"}"}})).not_used,
              UnorderedElementsAre("REAPER_LOGGING_LOGGERS"));
  for (const auto* variable :
       {"REAPER_METRICS_ENABLED", "REAPER_METRICS_FREQUENCY",
        "REAPER_LOGGING_APPENDERS_CONSOLE_LOG_FORMAT", "REAPER_LOGGING_APPENDERS_CONSOLE_THRESHOLD",
        "JMX_ADDRESS_TRANSLATOR_TYPE", "JMX_ADDRESS_TRANSLATOR_MAPPING"}) {
    EXPECT_THAT(made(with({{variable, "INFO"}})).not_used, UnorderedElementsAre(variable));
  }
}

TEST(container_test, addresses_are_translated_when_it_is_switched_on) {
  variables set{
      {"REAPER_STORAGE_TYPE", "cassandra"},
      {"REAPER_CASS_CONTACT_POINTS", "[h]"},
      {"REAPER_CASS_ADDRESS_TRANSLATOR_TYPE", "multiIpPerNode"},
      {"REAPER_CASS_ADDRESS_TRANSLATOR_MAPPING", "10.0.0.1:192.168.0.1,10.0.0.2:192.168.0.2"}};
  const auto off = made(with(set));
  EXPECT_TRUE(off.storage.cassandra.translated_addresses.empty());
  EXPECT_THAT(off.not_used, UnorderedElementsAre("REAPER_CASS_ADDRESS_TRANSLATOR_TYPE",
                                                 "REAPER_CASS_ADDRESS_TRANSLATOR_MAPPING"));
  set["REAPER_CASS_ADDRESS_TRANSLATOR_ENABLED"] = "true";
  const auto on = made(with(set));
  EXPECT_THAT(on.storage.cassandra.translated_addresses,
              UnorderedElementsAre(::testing::Pair("10.0.0.1", "192.168.0.1"),
                                   ::testing::Pair("10.0.0.2", "192.168.0.2")));
  EXPECT_THAT(on.not_used, ::testing::IsEmpty());
  for (const auto* wrong : {"10.0.0.1", "10.0.0.1:host", "10.0.0.1:", "::1:::2"}) {
    set["REAPER_CASS_ADDRESS_TRANSLATOR_MAPPING"] = wrong;
    EXPECT_THAT(complaint(with(set)), HasSubstr("REAPER_CASS_ADDRESS_TRANSLATOR_MAPPING: "))
        << wrong;
  }
}

TEST(container_test, java_options_override_keys) {
  EXPECT_EQ(made(with({{"JAVA_OPTS", "-Xmx1G -Ddw.server.applicationConnectors[0].port=9090"},
                       {"REAPER_SERVER_APP_PORT", "7070"}}))
                .application.listen.port,
            9090);
  EXPECT_THAT(complaint(with({{"JAVA_OPTS", "-Ddw.server.port=1"}})), HasSubstr("unknown key"));
  EXPECT_TRUE(made(with({{"JAVA_OPTS", "-Dssl.enable=true"}})).jmx.tls);
}

TEST(container_test, a_reaper_of_the_operator_of_k8ssandra_with_encryption_is_read) {
  const auto all = made(with(
      {{"REAPER_STORAGE_TYPE", "cassandra"},
       {"REAPER_CASS_CONTACT_POINTS", R"([{"host": "c-dc1-service", "port": 9042}])"},
       {"REAPER_CASS_LOCAL_DC", "dc1"},
       {"REAPER_CASS_AUTH_ENABLED", "true"},
       {"REAPER_CASS_AUTH_USERNAME", "reaper"},
       {"REAPER_CASS_AUTH_PASSWORD", "s3cret"},
       {"REAPER_CASS_NATIVE_PROTOCOL_SSL_ENCRYPTION_ENABLED", "true"},
       {"REAPER_HEAP_SIZE", "2147483648"},
       {"REAPER_SKIP_SCHEMA_MIGRATION", "true"},
       {"REAPER_SERVER_TLS_ENABLE", "true"},
       {"REAPER_SERVER_TLS_KEYSTORE_PATH", "/server/keystore.jks"},
       {"REAPER_SERVER_TLS_TRUSTSTORE_PATH", "/server/truststore.jks"},
       {"REAPER_SERVER_TLS_CLIENT_AUTH", "true"},
       {"REAPER_SERVER_TLS_DISABLE_SNI", "true"},
       {"JAVA_OPTS",
        "-Djavax.net.ssl.keyStore=/k -Djavax.net.ssl.keyStorePassword=kp "
        "-Djavax.net.ssl.trustStore=/t -Djavax.net.ssl.trustStorePassword=tp -Dssl.enable=true "
        "-Ddatastax-java-driver.advanced.ssl-engine-factory.class=com.example.Factory "
        "-Ddatastax-java-driver.advanced.ssl-engine-factory.hostname-validation=false"}}));
  const auto& cassandra = all.storage.cassandra;
  EXPECT_EQ(cassandra.contact_points.front().host, "c-dc1-service");
  EXPECT_EQ(cassandra.username, "reaper");
  EXPECT_FALSE(cassandra.migrates_schema);
  ASSERT_TRUE(all.application.tls);
  EXPECT_EQ(all.application.tls->certificate_file, "/server/keystore.jks");
  EXPECT_EQ(all.application.tls->ca_file, "/server/truststore.jks");
  EXPECT_EQ(all.application.tls->key_password.reveal(), "changeit");
  EXPECT_EQ(all.application.tls->ca_password.reveal(), "changeit");
  EXPECT_EQ(all.application.tls->clients, net::client_certificate::needed);
  EXPECT_THAT(all.not_used, ::testing::IsEmpty());
  for (const auto& tls : {cassandra.tls, all.jmx.tls}) {
    ASSERT_TRUE(tls);
    EXPECT_EQ(tls->certificate_file, "/k");
    EXPECT_EQ(tls->key_password.reveal(), "kp");
    EXPECT_EQ(tls->ca_file, "/t");
    EXPECT_EQ(tls->ca_password.reveal(), "tp");
    EXPECT_EQ(tls->verification, net::tls_verification::chain);
  }
}

TEST(container_test, key_stores_of_the_driver_go_before_those_of_java) {
  const std::string factory = "-Ddatastax-java-driver.advanced.ssl-engine-factory.";
  const std::string of_java =
      "-Djavax.net.ssl.keyStore=/k -Djavax.net.ssl.keyStorePassword=kp "
      "-Djavax.net.ssl.keyStoreType=PKCS12 -Djavax.net.ssl.trustStore=/t "
      "-Djavax.net.ssl.trustStorePassword=tp -Djavax.net.ssl.trustStoreType=JKS "
      "-Djavax.net.ssl.keyStorePasswordFile=/kp -Djavax.net.ssl.trustStorePasswordFile=/tp ";
  const auto all =
      made(with({{"REAPER_STORAGE_TYPE", "cassandra"},
                 {"REAPER_CASS_CONTACT_POINTS", "[h]"},
                 {"REAPER_CASS_NATIVE_PROTOCOL_SSL_ENCRYPTION_ENABLED", "true"},
                 {"JAVA_OPTS", of_java + "-Dssl.enable=true " + factory + "truststore-path=/dt " +
                                   factory + "truststore-password=dtp " + factory +
                                   "keystore-path=/dk " + factory + "keystore-password=dkp"}}));
  EXPECT_THAT(all.not_used, ::testing::IsEmpty());
  ASSERT_TRUE(all.storage.cassandra.tls);
  const auto& cql = *all.storage.cassandra.tls;
  EXPECT_EQ(cql.ca_file, "/dt");
  EXPECT_EQ(cql.ca_password.reveal(), "dtp");
  EXPECT_EQ(cql.certificate_file, "/dk");
  EXPECT_EQ(cql.key_password.reveal(), "dkp");
  EXPECT_EQ(cql.ca_password_file + cql.key_password_file, "");
  EXPECT_EQ(cql.verification, net::tls_verification::chain_and_name) << "unless it is switched off";
  ASSERT_TRUE(all.jmx.tls);
  EXPECT_EQ(all.jmx.tls->ca_file, "/t") << "JMX is not the driver's";
  EXPECT_EQ(all.jmx.tls->ca_password.reveal(), "tp");
  EXPECT_EQ(all.jmx.tls->certificate_file, "/k");
  EXPECT_EQ(all.jmx.tls->key_password.reveal(), "kp");
}

TEST(container_test, passwords_of_key_stores_may_be_in_files) {
  const auto all =
      made(with({{"REAPER_STORAGE_TYPE", "cassandra"},
                 {"REAPER_CASS_CONTACT_POINTS", "[h]"},
                 {"REAPER_CASS_NATIVE_PROTOCOL_SSL_ENCRYPTION_ENABLED", "true"},
                 {"JAVA_OPTS",
                  "-Djavax.net.ssl.keyStore=/k -Djavax.net.ssl.keyStorePasswordFile=/kp "
                  "-Djavax.net.ssl.trustStore=/t -Djavax.net.ssl.trustStorePasswordFile=/tp"}}));
  ASSERT_TRUE(all.storage.cassandra.tls);
  EXPECT_EQ(all.storage.cassandra.tls->key_password_file, "/kp");
  EXPECT_EQ(all.storage.cassandra.tls->ca_password_file, "/tp");
}

}  // namespace
}  // namespace helenus::config
