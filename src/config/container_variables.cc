#include "config/container_variables.h"

namespace helenus::config {
namespace {

using enum value_shape;

constexpr container_variable for_every_storage[] = {
    {"REAPER_SEGMENT_COUNT_PER_NODE", "segmentCountPerNode", "64"},
    {"REAPER_REPAIR_PARALELLISM", "repairParallelism", "DATACENTER_AWARE"},
    {"REAPER_REPAIR_INTENSITY", "repairIntensity", "0.9"},
    {"REAPER_INCREMENTAL_REPAIR", "incrementalRepair", "false"},
    {"REAPER_SUBRANGE_INCREMENTAL", "subrangeIncrementalRepair", "false"},
    {"REAPER_BLACKLIST_TWCS", "blacklistTwcsTables", "false"},
    {"REAPER_SCHEDULE_DAYS_BETWEEN", "scheduleDaysBetween", "7"},
    {"REAPER_REPAIR_RUN_THREADS", "repairRunThreadCount", "15"},
    {"REAPER_MAX_PARALLEL_REPAIRS", "maxParallelRepairs", "2"},
    {"REAPER_MAX_PENDING_COMPACTIONS", "maxPendingCompactions", "20"},
    {"REAPER_HANGING_REPAIR_TIMEOUT_MINS", "hangingRepairTimeoutMins", "30"},
    {"REAPER_STORAGE_TYPE", "storageType", "memory"},
    {"REAPER_ENABLE_DYNAMIC_SEED_LIST", "enableDynamicSeedList", "true"},
    {"REAPER_REPAIR_MANAGER_SCHEDULING_INTERVAL_SECONDS", "repairManagerSchedulingIntervalSeconds",
     "30"},
    {"REAPER_JMX_PORTS", "jmxPorts", "{}", flow},
    {"REAPER_JMX_CONNECTION_TIMEOUT_IN_SECONDS", "jmxConnectionTimeoutInSeconds", "20"},
    {"REAPER_USE_ADDRESS_TRANSLATOR", "useAddressTranslator", "false"},
    {"JMX_ADDRESS_TRANSLATOR_TYPE", "jmxAddressTranslator.type", ""},
    {"JMX_ADDRESS_TRANSLATOR_MAPPING", "jmxAddressTranslator.ipTranslations", ""},
    {"REAPER_DATACENTER_AVAILABILITY", "datacenterAvailability", "ALL"},
    {"REAPER_PURGE_RECORDS_AFTER_IN_DAYS", "purgeRecordsAfterInDays", "30"},
    {"REAPER_SCHEDULE_RETRY_ON_ERROR", "scheduleRetryOnError", "false"},
    {"REAPER_SCHEDULE_RETRY_DELAY", "scheduleRetryDelay", "PT1H"},
    {"CRYPTO_SYSTEM_PROPERTY_SECRET", "cryptograph.systemPropertySecret", ""},

    {"REAPER_AUTO_SCHEDULING_ENABLED", "autoScheduling.enabled", "false"},
    {"REAPER_AUTO_SCHEDULING_INITIAL_DELAY_PERIOD", "autoScheduling.initialDelayPeriod", "PT15S"},
    {"REAPER_AUTO_SCHEDULING_PERIOD_BETWEEN_POLLS", "autoScheduling.periodBetweenPolls", "PT10M"},
    {"REAPER_AUTO_SCHEDULING_TIME_BEFORE_FIRST_SCHEDULE", "autoScheduling.timeBeforeFirstSchedule",
     "PT5M"},
    {"REAPER_AUTO_SCHEDULING_SCHEDULE_SPREAD_PERIOD", "autoScheduling.scheduleSpreadPeriod",
     "PT6H"},
    {"REAPER_AUTO_SCHEDULING_ADAPTIVE", "autoScheduling.adaptive", "true"},
    {"REAPER_AUTO_SCHEDULING_INCREMENTAL", "autoScheduling.incremental", "false"},
    {"REAPER_AUTO_SCHEDULING_PERCENT_UNREPAIRED_THRESHOLD",
     "autoScheduling.percentUnrepairedThreshold", "10"},
    {"REAPER_AUTO_SCHEDULING_EXCLUDED_KEYSPACES", "autoScheduling.excludedKeyspaces", "[]", flow},
    {"REAPER_AUTO_SCHEDULING_EXCLUDED_CLUSTERS", "autoScheduling.excludedClusters", "[]", flow},

    {"REAPER_HTTP_MANAGEMENT_ENABLE", "httpManagement.enabled", "false"},
    {"REAPER_HTTP_MANAGEMENT_KEYSTORE_PATH", "httpManagement.keystore", ""},
    {"REAPER_HTTP_MANAGEMENT_TRUSTSTORE_PATH", "httpManagement.truststore", ""},
    {"REAPER_HTTP_MANAGEMENT_TRUSTSTORES_DIR", "httpManagement.truststoresDir", ""},
    {"REAPER_MGMT_API_METRICS_PORT", "httpManagement.mgmtApiMetricsPort", "9000"},
    {"REAPER_MGMT_API_METRICS_TLS", "httpManagement.metricsTLSEnabled", "false"},

    {"REAPER_SERVER_APP_PORT", "server.applicationConnectors[0].port", "8080"},
    {"REAPER_SERVER_APP_BIND_HOST", "server.applicationConnectors[0].bindHost", "0.0.0.0"},
    {"REAPER_SERVER_ADMIN_PORT", "server.adminConnectors[0].port", "8081"},
    {"REAPER_SERVER_ADMIN_BIND_HOST", "server.adminConnectors[0].bindHost", "0.0.0.0"},

    {"REAPER_LOGGING_ROOT_LEVEL", "logging.level", "INFO"},
    {"REAPER_LOGGING_LOGGERS", "logging.loggers", "{}", flow},
    {"REAPER_LOGGING_APPENDERS_CONSOLE_LOG_FORMAT", "logging.appenders[0].logFormat", ""},
    {"REAPER_LOGGING_APPENDERS_CONSOLE_THRESHOLD", "logging.appenders[0].threshold", ""},
    {"REAPER_METRICS_ENABLED", "metrics.enabled", ""},
    {"REAPER_METRICS_FREQUENCY", "metrics.frequency", ""},
    {"REAPER_METRICS_REPORTERS", "metrics.reporters", "", flow},
};

constexpr container_variable for_cassandra[] = {
    {"REAPER_CASS_ACTIVATE_QUERY_LOGGER", "activateQueryLogger", "false"},
    {"REAPER_CASS_CLUSTER_NAME", "cassandra.sessionName", "clustername"},
    {"REAPER_CASS_KEYSPACE", "cassandra.sessionKeyspaceName", "reaper_db"},
    {"REAPER_CASS_LOCAL_DC", "cassandra.loadBalancingPolicy.localDataCenter", ""},
    {"REAPER_CASS_REQUEST_TIMEOUT", "cassandra.requestOptionsFactory.requestTimeout", "10s"},
    {"REAPER_CASS_SCHEMA_AGREEMENT_INTERVAL",
     "cassandra.schemaOptions.agreementIntervalMilliseconds", "2000"},
    {"REAPER_CASS_SCHEMA_AGREEMENT_TIMEOUT", "cassandra.schemaOptions.agreementTimeoutSeconds",
     "10"},
};

}  // namespace

std::span<const container_variable> container_variables() { return for_every_storage; }
std::span<const container_variable> cassandra_variables() { return for_cassandra; }

}  // namespace helenus::config
