// Configurations of the shapes that Reaper's packages and image have: which are read as they are,
// and what is said about the others.
#include "config/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace helenus::config {
namespace {

using namespace std::chrono_literals;
using variables = std::map<std::string, std::string>;

constexpr std::string_view common = R"(
# Defaults for runs.
segmentCountPerNode: 64
repairParallelism: DATACENTER_AWARE
repairIntensity: 0.9
incrementalRepair: false
blacklistTwcsTables: true
scheduleDaysBetween: 7
repairRunThreadCount: 15
hangingRepairTimeoutMins: 30
enableCrossOrigin: true
enableDynamicSeedList: true
repairManagerSchedulingIntervalSeconds: 10
jmxConnectionTimeoutInSeconds: 5
useAddressTranslator: false
maxParallelRepairs: 2
purgeRecordsAfterInDays: 30
numberOfRunsToKeepPerUnit: 50
datacenterAvailability: ALL
jmxPorts:
  127.0.0.1: 7100
  127.0.0.2: 7200
autoScheduling:
  enabled: false
  initialDelayPeriod: PT15S
  periodBetweenPolls: PT10M
  timeBeforeFirstSchedule: PT5M
  scheduleSpreadPeriod: PT6H
  excludedKeyspaces: []
metrics:
  frequency: 1 minute
  reporters: []
logging:
  level: INFO
  loggers:
    io.dropwizard: WARN
    org.eclipse.jetty: {level: WARN, additive: false}
  appenders:
    - type: console
      logFormat: "%-6level [%d] [%t] %logger{5} - %msg %n"
      threshold: WARN
    - type: file
      logFormat: "%-6level [%d] [%t] %logger{5} - %msg %n"
      currentLogFilename: /var/log/cassandra-reaper/reaper.log
      archivedLogFilenamePattern: /var/log/cassandra-reaper/reaper-%d.log.gz
      archivedFileCount: 99
server:
  type: default
  applicationConnectors:
    - type: http
      port: 8080
      bindHost: 0.0.0.0
  adminConnectors:
    - type: http
      port: 8082
      bindHost: 0.0.0.0
  requestLog:
    appenders: []
)";

constexpr std::string_view cassandra_block = R"(
storageType: cassandra
activateQueryLogger: false
cassandra:
  type: basic
  sessionName: "test"
  contactPoints:
    - host: 127.0.0.1
      port: 9042
  sessionKeyspaceName: reaper_db
  loadBalancingPolicy: {type: default, localDataCenter: datacenter1}
  schemaOptions: {agreementIntervalMilliseconds: 60000, agreementTimeoutSeconds: 60}
  requestOptionsFactory: {requestTimeout: 60s, requestDefaultIdempotence: true}
  retryPolicy: {type: default}
  authProvider: {type: plain-text, username: cassandra, password: cassandra}
  ssl: {type: jdk}
)";

std::string access(std::string_view enabled) {
  return "accessControl:\n  enabled: " + std::string(enabled) + R"(
  sessionTimeout: PT10M
  jwt:
    secret: "${JWT_SECRET:-ASecretThatIsLongEnoughToSignTokensWith}"
    tokenExpirationTime: PT10M
  users:
    - username: "${REAPER_AUTH_USER}"
      password: "${REAPER_AUTH_PASSWORD}"
      roles: [operator]
    # A second one who may only look:
    # - username: "${REAPER_READ_USER}"
    #   password: "${REAPER_READ_USER_PASSWORD}"
    #   roles: [user]
)";
}

const variables login{{"REAPER_AUTH_USER", "admin"}, {"REAPER_AUTH_PASSWORD", "p"}};

loaded read(const std::string& text, const variables& set) {
  return parse(text, [&set](const std::string& name) -> std::optional<std::string> {
    const auto found = set.find(name);
    if (found == set.end()) return std::nullopt;
    return found->second;
  });
}

std::vector<std::string> keys_of_problems(const std::string& text, const variables& set) {
  const auto outcome = read(text, set);
  std::vector<std::string> keys;
  if (const auto* wrong = std::get_if<std::vector<problem>>(&outcome)) {
    for (const auto& one : *wrong) keys.push_back(one.key);
  }
  return keys;
}

TEST(reaper_files_test, the_packaged_file_without_logins_is_read_as_it_is) {
  const auto text = std::string(common) + "storageType: memory\n" + access("false");
  const auto outcome = read(text, login);
  ASSERT_TRUE(std::holds_alternative<settings>(outcome))
      << to_text("x.yaml", std::get<std::vector<problem>>(outcome));
  const auto& made = std::get<settings>(outcome);
  EXPECT_TRUE(made.runs.exclude_time_window_tables);
  EXPECT_EQ(made.jmx.connect_timeout, 5s);
  EXPECT_EQ(made.jmx.host_ports.at("127.0.0.2"), 7200);
  EXPECT_EQ(made.admin.listen.port, 8082);
  EXPECT_EQ(made.storage.folder, "/var/lib/helenus");
  EXPECT_EQ(std::count(made.not_used.begin(), made.not_used.end(), "autoScheduling"), 1);
}

TEST(reaper_files_test, the_packaged_file_with_logins_is_read_as_it_is) {
  const auto text = std::string(common) + "storageType: memory\n" + access("true");
  const auto outcome = read(text, login);
  ASSERT_TRUE(std::holds_alternative<settings>(outcome))
      << to_text("x.yaml", std::get<std::vector<problem>>(outcome));
  const auto& access = std::get<settings>(outcome).access;
  ASSERT_TRUE(access);
  ASSERT_EQ(access->accounts.size(), 1U);
  EXPECT_EQ(access->accounts[0].name, "admin");
  EXPECT_EQ(access->accounts[0].roles, api::roles{api::role::cluster_operator});
  EXPECT_EQ(access->session_timeout, 10min);
}

TEST(reaper_files_test, the_packaged_file_for_cassandra_is_read_as_it_is) {
  const auto text = std::string(common) + std::string(cassandra_block) + access("false");
  auto with_stores = login;
  with_stores["JAVA_OPTS"] =
      "-Xmx1G -Djavax.net.ssl.trustStore=/t -Djavax.net.ssl.trustStorePassword=changeit "
      "-Djavax.net.ssl.keyStore=/k -Djavax.net.ssl.keyStorePassword=changeme "
      "-Ddatastax-java-driver.advanced.ssl-engine-factory.hostname-validation=false";
  const auto outcome = read(text, with_stores);
  ASSERT_TRUE(std::holds_alternative<settings>(outcome))
      << to_text("x.yaml", std::get<std::vector<problem>>(outcome));
  const auto& made = std::get<settings>(outcome).storage;
  EXPECT_EQ(made.type, storage_type::cassandra);
  EXPECT_EQ(made.cassandra.contact_points,
            (std::vector<net::endpoint>{{.host = "127.0.0.1", .port = 9042}}));
  EXPECT_EQ(made.cassandra.local_datacenter, "datacenter1");
  EXPECT_EQ(made.cassandra.username, "cassandra");
  EXPECT_EQ(made.cassandra.password, "cassandra");
  EXPECT_EQ(made.cassandra.request_timeout, 60s);
  EXPECT_TRUE(made.cassandra.migrates_schema);
  ASSERT_TRUE(made.cassandra.tls);
  EXPECT_EQ(made.cassandra.tls->ca_file, "/t");
  EXPECT_EQ(made.cassandra.tls->ca_password.reveal(), "changeit");
  EXPECT_EQ(made.cassandra.tls->certificate_file, "/k");
  EXPECT_EQ(made.cassandra.tls->key_password.reveal(), "changeme");
  EXPECT_EQ(made.cassandra.tls->verification, net::tls_verification::chain);
}

TEST(reaper_files_test, a_container_that_may_not_migrate_waits_for_the_schema) {
  const auto text = std::string("storageType: cassandra\ncassandra: {contactPoints: [h]}\n");
  for (const auto& [value, migrates] :
       {std::pair("true", false), std::pair("TRUE", false), std::pair("no", true)}) {
    const auto outcome = read(text, {{"REAPER_SKIP_SCHEMA_MIGRATION", value}});
    EXPECT_EQ(std::get<settings>(outcome).storage.cassandra.migrates_schema, migrates);
  }
}

TEST(reaper_files_test, variables_of_users_are_missed_but_not_those_of_comments) {
  const auto text = std::string(common) + "storageType: memory\n" + access("false");
  EXPECT_EQ(keys_of_problems(text, {}),
            (std::vector<std::string>{"${REAPER_AUTH_USER}", "${REAPER_AUTH_PASSWORD}"}));
}

TEST(reaper_files_test, values_that_the_image_gives_by_variables_are_read) {
  const std::string text = R"(
segmentCountPerNode: ${REAPER_SEGMENT_COUNT_PER_NODE}
repairIntensity: ${REAPER_REPAIR_INTENSITY}
jmxPorts: ${REAPER_JMX_PORTS}
purgeRecordsAfterInDays: ${REAPER_PURGE_RECORDS_AFTER_IN_DAYS}
persistenceStoragePath: "${REAPER_MEMORY_STORAGE_DIRECTORY}"
logging:
  level: ${REAPER_LOGGING_ROOT_LEVEL}
  loggers: ${REAPER_LOGGING_LOGGERS}
server:
  applicationConnectors:
    - type: http
      port: ${REAPER_SERVER_APP_PORT}
      bindHost: ${REAPER_SERVER_APP_BIND_HOST}
)";
  const auto outcome = read(text, {{"REAPER_SEGMENT_COUNT_PER_NODE", "16"},
                                   {"REAPER_REPAIR_INTENSITY", "0.5"},
                                   {"REAPER_JMX_PORTS", "{}"},
                                   {"REAPER_PURGE_RECORDS_AFTER_IN_DAYS", ""},
                                   {"REAPER_MEMORY_STORAGE_DIRECTORY", "/state"},
                                   {"REAPER_LOGGING_ROOT_LEVEL", "DEBUG"},
                                   {"REAPER_LOGGING_LOGGERS", "{\"io.cassandrareaper\":\"DEBUG\"}"},
                                   {"REAPER_SERVER_APP_PORT", "9090"},
                                   {"REAPER_SERVER_APP_BIND_HOST", "::1"}});
  ASSERT_TRUE(std::holds_alternative<settings>(outcome))
      << to_text("x.yaml", std::get<std::vector<problem>>(outcome));
  const auto& made = std::get<settings>(outcome);
  EXPECT_EQ(made.runs.segments_per_node, 16);
  EXPECT_EQ(made.repair.purge_after_days, 30);
  EXPECT_EQ(made.storage.folder, "/state");
  EXPECT_EQ(made.application.listen.port, 9090);
  EXPECT_EQ(made.application.listen.host, "::1");
}

}  // namespace
}  // namespace helenus::config
