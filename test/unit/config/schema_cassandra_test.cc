#include "unit/config/parsed_text.h"

#include <gtest/gtest.h>

namespace helenus::config {
namespace {

using namespace std::chrono_literals;

cassandra_settings made_of(const std::string& block) {
  const auto all = made("storageType: cassandra\ncassandra: " + block);
  EXPECT_EQ(all.storage.type, storage_type::cassandra);
  return all.storage.cassandra;
}

std::string complaint_of(const std::string& block) {
  return complaint("storageType: cassandra\ncassandra: " + block);
}

TEST(schema_cassandra_test, contact_points_are_read_in_every_form_that_reaper_had) {
  const std::vector<net::endpoint> wanted{{.host = "a", .port = 9042}, {.host = "b", .port = 9142}};
  EXPECT_EQ(made_of("{contactPoints: [{host: a}, {host: b, port: 9142}]}").contact_points, wanted);
  EXPECT_EQ(made_of("{contactPoints: [a, \"b:9142\"]}").contact_points, wanted);
  EXPECT_EQ(
      made_of(R"({contactPoints: [{"host": "a", "port": "9042"}, {"host": "b", "port": 9142}]})")
          .contact_points,
      wanted);
}

TEST(schema_cassandra_test, without_contact_points_there_is_no_cassandra_storage) {
  for (const std::string block : {"{}", "{contactPoints: }", "{contactPoints: []}"}) {
    EXPECT_EQ(complaint_of(block),
              "f:1: cassandra.contactPoints: storageType cassandra needs them: [{host: 10.0.0.1, "
              "port: 9042}]\n");
  }
  EXPECT_EQ(complaint("storageType: memory\ncassandra: {contactPoints: }"), "");
}

TEST(schema_cassandra_test, a_contact_point_needs_a_host) {
  EXPECT_EQ(complaint_of("{contactPoints: [h, {port: 9042}]}"),
            "f:2: cassandra.contactPoints[1]: a contact point needs a host\n");
}

TEST(schema_cassandra_test, a_login_is_a_user_with_a_password_or_a_file_of_it) {
  const auto with = made_of(
      "{contactPoints: [h], authProvider: {type: plain-text, username: u, passwordFile: /run/p}}");
  EXPECT_EQ(with.username, "u");
  EXPECT_EQ(with.password, "");
  EXPECT_EQ(with.password_file, "/run/p");
  EXPECT_NE(complaint_of("{contactPoints: [h], authProvider: {password: s3cret}}"), "");
  EXPECT_EQ(complaint_of("{contactPoints: [h], authProvider: {username: u, password: [s3cret]}}")
                .find("s3cret"),
            std::string::npos);
}

TEST(schema_cassandra_test, addresses_are_translated_by_a_list) {
  const auto with = made_of(
      "{contactPoints: [h], addressTranslator: {type: multiIpPerNode, ipTranslations: "
      "[{from: 10.0.0.1, to: 192.168.0.1}, {from: 'fd00:0::1', to: 10.0.0.2}]}}");
  const std::map<std::string, std::string> wanted{{"10.0.0.1", "192.168.0.1"},
                                                  {"fd00::1", "10.0.0.2"}};
  EXPECT_EQ(with.translated_addresses, wanted);
  EXPECT_EQ(complaint_of("{contactPoints: [h], addressTranslator: {ipTranslations: "
                         "[{from: 10.0.0.1, to: node1.shop}]}}"),
            "f:2: cassandra.addressTranslator.ipTranslations[0].to: \"node1.shop\": an IP address "
            "is accepted\n");
  const auto all = made(
      "storageType: cassandra\n"
      "cassandra: {contactPoints: [h], addressTranslator: {type: ec2-multi-region}}");
  EXPECT_EQ(all.not_used, std::vector<std::string>{"cassandra.addressTranslator.type"});
}

TEST(schema_cassandra_test, tls_is_read_from_pem_files) {
  const auto with = made_of(
      "{contactPoints: [h], ssl: {type: pem, caFile: /ca, certificateFile: /c, keyFile: /k, "
      "hostValidation: false}}");
  ASSERT_TRUE(with.tls);
  EXPECT_EQ(with.tls->ca_file, "/ca");
  EXPECT_EQ(with.tls->certificate_file, "/c");
  EXPECT_EQ(with.tls->key_file, "/k");
  EXPECT_EQ(with.tls->verification, net::tls_verification::chain);
  EXPECT_NE(complaint_of("{contactPoints: [h], ssl: {keyFile: /k}}"), "");
  EXPECT_NE(complaint_of("{contactPoints: [h], ssl: {type: sni}}"), "");
}

TEST(schema_cassandra_test, tls_is_read_from_java_key_stores) {
  const auto with = made_of(
      "{contactPoints: [h], ssl: {type: default, trustStorePath: /t, trustStorePassword: tp, "
      "keyStorePath: /k, keyStorePassword: kp}}");
  ASSERT_TRUE(with.tls);
  EXPECT_EQ(with.tls->ca_file, "/t");
  EXPECT_EQ(with.tls->ca_password.reveal(), "tp");
  EXPECT_EQ(with.tls->certificate_file, "/k");
  EXPECT_EQ(with.tls->key_password.reveal(), "kp");
  EXPECT_EQ(with.tls->verification, net::tls_verification::chain_and_name);
}

TEST(schema_cassandra_test, a_keyspace_has_a_name_that_cassandra_takes) {
  EXPECT_EQ(made_of("{contactPoints: [h]}").keyspace, "reaper_db");
  EXPECT_EQ(made_of("{contactPoints: [h], sessionKeyspaceName: K_1}").keyspace, "K_1");
  for (const std::string name : {"a-b", "\"a b\"", "\"\"", "'a\"; DROP'"}) {
    EXPECT_NE(complaint_of("{contactPoints: [h], sessionKeyspaceName: " + name + "}"), "") << name;
  }
}

TEST(schema_cassandra_test, the_schema_is_migrated_or_waited_for) {
  const auto policy = [](const std::string& name) {
    return made("schema: " + name).storage.cassandra.migrates_schema;
  };
  EXPECT_TRUE(policy("migrate"));
  EXPECT_FALSE(policy("wait"));
  EXPECT_FALSE(policy("VERIFY"));
  EXPECT_NE(complaint("schema: drop"), "");
}

TEST(schema_cassandra_test, keys_of_reapers_driver_are_known) {
  const auto all = made(
      "storageType: cassandra\n"
      "cassandra: {type: basic, contactPoints: [h], sessionName: x, retryPolicy: {type: default}, "
      "loadBalancingPolicy: {type: default, localDataCenter: dc1}, "
      "requestOptionsFactory: {requestTimeout: 10s, requestDefaultIdempotence: true}}");
  EXPECT_EQ(all.storage.cassandra.local_datacenter, "dc1");
  EXPECT_EQ(all.storage.cassandra.request_timeout, 10s);
  EXPECT_NE(complaint_of("{contactPoints: [h], contactPoint: [h]}"), "");
}

}  // namespace
}  // namespace helenus::config
