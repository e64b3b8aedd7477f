#include "config/container_variables.h"

#include "config/container_document.h"
#include "config/schema.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace helenus::config {
namespace {

TEST(container_variables_test, every_variable_and_every_key_is_there_once) {
  std::set<std::string> names;
  std::set<std::string> paths;
  for (const auto all : {container_variables(), cassandra_variables()}) {
    for (const auto& one : all) {
      EXPECT_TRUE(names.insert(one.name).second) << one.name;
      EXPECT_TRUE(paths.emplace(one.path).second) << one.path;
    }
  }
  EXPECT_TRUE(names.contains("REAPER_REPAIR_PARALELLISM")) << "as Reaper spells it";
}

/// What Reaper's image takes from its environment, but what is of its JVM or of no effect there.
constexpr const char* of_the_image[] = {
    "CRYPTO_SYSTEM_PROPERTY_SECRET",
    "JAVA_OPTS",
    "JMX_ADDRESS_TRANSLATOR_MAPPING",
    "JMX_ADDRESS_TRANSLATOR_TYPE",
    "JWT_SECRET",
    "REAPER_AUTH_ENABLED",
    "REAPER_AUTH_PASSWORD",
    "REAPER_AUTH_USER",
    "REAPER_AUTO_SCHEDULING_ADAPTIVE",
    "REAPER_AUTO_SCHEDULING_ENABLED",
    "REAPER_AUTO_SCHEDULING_EXCLUDED_CLUSTERS",
    "REAPER_AUTO_SCHEDULING_EXCLUDED_KEYSPACES",
    "REAPER_AUTO_SCHEDULING_INCREMENTAL",
    "REAPER_AUTO_SCHEDULING_INITIAL_DELAY_PERIOD",
    "REAPER_AUTO_SCHEDULING_PERCENT_UNREPAIRED_THRESHOLD",
    "REAPER_AUTO_SCHEDULING_PERIOD_BETWEEN_POLLS",
    "REAPER_AUTO_SCHEDULING_SCHEDULE_SPREAD_PERIOD",
    "REAPER_AUTO_SCHEDULING_TIME_BEFORE_FIRST_SCHEDULE",
    "REAPER_BLACKLIST_TWCS",
    "REAPER_CASS_ACTIVATE_QUERY_LOGGER",
    "REAPER_CASS_ADDRESS_TRANSLATOR_ENABLED",
    "REAPER_CASS_ADDRESS_TRANSLATOR_MAPPING",
    "REAPER_CASS_ADDRESS_TRANSLATOR_TYPE",
    "REAPER_CASS_AUTH_ENABLED",
    "REAPER_CASS_AUTH_PASSWORD",
    "REAPER_CASS_AUTH_USERNAME",
    "REAPER_CASS_CLUSTER_NAME",
    "REAPER_CASS_CONTACT_POINTS",
    "REAPER_CASS_KEYSPACE",
    "REAPER_CASS_LOCAL_DC",
    "REAPER_CASS_NATIVE_PROTOCOL_SSL_ENCRYPTION_ENABLED",
    "REAPER_CASS_REQUEST_TIMEOUT",
    "REAPER_CASS_SCHEMA_AGREEMENT_INTERVAL",
    "REAPER_CASS_SCHEMA_AGREEMENT_TIMEOUT",
    "REAPER_DATACENTER_AVAILABILITY",
    "REAPER_ENABLE_CROSS_ORIGIN",
    "REAPER_ENABLE_DYNAMIC_SEED_LIST",
    "REAPER_HANGING_REPAIR_TIMEOUT_MINS",
    "REAPER_HTTP_MANAGEMENT_ENABLE",
    "REAPER_HTTP_MANAGEMENT_KEYSTORE_PATH",
    "REAPER_HTTP_MANAGEMENT_TRUSTSTORES_DIR",
    "REAPER_HTTP_MANAGEMENT_TRUSTSTORE_PATH",
    "REAPER_INCREMENTAL_REPAIR",
    "REAPER_JMX_AUTH_PASSWORD",
    "REAPER_JMX_AUTH_USERNAME",
    "REAPER_JMX_CONNECTION_TIMEOUT_IN_SECONDS",
    "REAPER_JMX_CREDENTIALS",
    "REAPER_JMX_PORTS",
    "REAPER_LOGGING_APPENDERS_CONSOLE_LOG_FORMAT",
    "REAPER_LOGGING_APPENDERS_CONSOLE_THRESHOLD",
    "REAPER_LOGGING_LOGGERS",
    "REAPER_LOGGING_ROOT_LEVEL",
    "REAPER_MAX_PARALLEL_REPAIRS",
    "REAPER_MAX_PENDING_COMPACTIONS",
    "REAPER_MEMORY_STORAGE_DIRECTORY",
    "REAPER_METRICS_ENABLED",
    "REAPER_METRICS_FREQUENCY",
    "REAPER_METRICS_REPORTERS",
    "REAPER_MGMT_API_METRICS_PORT",
    "REAPER_MGMT_API_METRICS_TLS",
    "REAPER_PURGE_RECORDS_AFTER_IN_DAYS",
    "REAPER_READ_USER",
    "REAPER_READ_USER_PASSWORD",
    "REAPER_REPAIR_INTENSITY",
    "REAPER_REPAIR_MANAGER_SCHEDULING_INTERVAL_SECONDS",
    "REAPER_REPAIR_PARALELLISM",
    "REAPER_REPAIR_RUN_THREADS",
    "REAPER_SCHEDULE_DAYS_BETWEEN",
    "REAPER_SCHEDULE_RETRY_DELAY",
    "REAPER_SCHEDULE_RETRY_ON_ERROR",
    "REAPER_SEGMENT_COUNT_PER_NODE",
    "REAPER_SERVER_ADMIN_BIND_HOST",
    "REAPER_SERVER_ADMIN_PORT",
    "REAPER_SERVER_APP_BIND_HOST",
    "REAPER_SERVER_APP_PORT",
    "REAPER_SERVER_TLS_CLIENT_AUTH",
    "REAPER_SERVER_TLS_DISABLE_SNI",
    "REAPER_SERVER_TLS_ENABLE",
    "REAPER_SERVER_TLS_KEYSTORE_PATH",
    "REAPER_SERVER_TLS_TRUSTSTORE_PATH",
    "REAPER_SKIP_SCHEMA_MIGRATION",
    "REAPER_STORAGE_TYPE",
    "REAPER_SUBRANGE_INCREMENTAL",
    "REAPER_USE_ADDRESS_TRANSLATOR",
};

TEST(container_variables_test, every_variable_of_the_image_is_looked_at) {
  std::set<std::string> asked;
  for (const auto* type : {"memory", "cassandra"}) {
    const environment variables = [&](const std::string& name) -> std::optional<std::string> {
      asked.insert(name);
      if (name == "REAPER_STORAGE_TYPE") return type;
      if (name.ends_with("_ENABLE") || name.ends_with("_ENABLED")) return "true";
      if (name == "REAPER_JMX_AUTH_USERNAME" || name == "REAPER_READ_USER") return "u";
      return std::nullopt;
    };
    make_container_document(variables);
    cassandra_settings storage;
    read_surroundings(variables, storage);
  }
  for (const auto* name : of_the_image) EXPECT_TRUE(asked.contains(name)) << name;
}

}  // namespace
}  // namespace helenus::config
