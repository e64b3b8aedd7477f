#include "config/load.h"

#include <gtest/gtest.h>

namespace helenus::config {
namespace {

using namespace std::chrono_literals;

std::optional<std::string> no_variables(const std::string&) { return std::nullopt; }

settings read(std::string_view text) {
  const auto outcome = parse(text, no_variables);
  if (const auto* wrong = std::get_if<std::vector<problem>>(&outcome)) {
    ADD_FAILURE() << to_text("x.yaml", *wrong);
    return {};
  }
  return std::get<settings>(outcome);
}

/// What is wrong, as a person sees it.
std::string complaint(std::string_view text) {
  const auto outcome = parse(text, no_variables);
  if (std::holds_alternative<settings>(outcome)) return "";
  return to_text("x.yaml", std::get<std::vector<problem>>(outcome));
}

TEST(load_test, an_empty_file_is_the_defaults) {
  for (const auto* text : {"", "# nothing\n", "---\n"}) {
    const auto made = read(text);
    EXPECT_EQ(made.application.listen.port, 8080);
    EXPECT_EQ(made.admin.listen.port, 8081);
    EXPECT_EQ(made.runs.segments_per_node, 64);
    EXPECT_FALSE(made.shutdown_grace_period);
    EXPECT_FALSE(made.cross_origin);
  }
}

TEST(load_test, a_configuration_of_reaper_is_read_and_what_has_no_effect_is_named) {
  const auto made = read(R"(
segmentCountPerNode: 16
repairParallelism: datacenter-aware
repairIntensity: "0.5"
incrementalRepair: FALSE
repairRunThreadCount: 15
hangingRepairTimeoutMins: 5
storageType: memory
persistenceStoragePath: /var/lib/x
enableDynamicSeedList: false
maxParallelRepairs: 3
maxPendingCompactions: 40
blacklistTwcsTables: true
enableCrossOrigin: "true"
jmxPorts:
  127.0.0.1: 7100
jmxConnectionTimeoutInSeconds: 7
jmxAuth:
  username: reaper
  password: "s3cret"
jmxCredentials:
  orders:
    username: o
    password: p
accessControl:
  enabled: false
  users: [{username: x}]
autoScheduling:
  enabled: false
logging:
  level: WARN
  loggers: {}
  appenders:
    - type: console
      layout: {type: json}
server:
  type: default
  applicationConnectors:
    - type: http
      port: 9080
      bindHost: 127.0.0.1
      idleTimeout: 1 minute
      maxRequestHeaderSize: 16KiB
  adminConnectors:
    - {type: http, port: 9081}
  requestLog: {appenders: []}
  shutdownGracePeriod: PT5S
)");
  EXPECT_EQ(made.runs.segments_per_node, 16);
  EXPECT_EQ(made.runs.parallelism, model::repair_parallelism::datacenter_aware);
  EXPECT_EQ(made.runs.intensity, 0.5);
  EXPECT_EQ(made.runs.segment_timeout, 5min);
  EXPECT_TRUE(made.runs.exclude_time_window_tables);
  EXPECT_EQ(made.storage.folder, "/var/lib/x");
  EXPECT_FALSE(made.clusters.dynamic_seeds);
  EXPECT_EQ(made.repair.max_parallel_runs, 3);
  EXPECT_TRUE(made.cross_origin);
  EXPECT_EQ(made.repair.max_pending_compactions, 40);
  EXPECT_EQ(made.jmx.host_ports.at("127.0.0.1"), 7100);
  EXPECT_EQ(made.jmx.connect_timeout, 7s);
  EXPECT_EQ(made.jmx.default_login.username, "reaper");
  EXPECT_EQ(made.jmx.cluster_logins.at("orders").password, "p");
  EXPECT_EQ(made.log.lowest, base::level::warn);
  EXPECT_EQ(made.log.format, log_format::json);
  EXPECT_EQ(made.application.listen.port, 9080);
  EXPECT_EQ(made.application.listen.host, "127.0.0.1");
  EXPECT_EQ(made.application.limits.idle_timeout, 1min);
  EXPECT_EQ(made.application.limits.max_head_bytes, 16U * 1024);
  EXPECT_EQ(made.admin.listen.port, 9081);
  EXPECT_EQ(made.shutdown_grace_period, 5s);
  EXPECT_EQ(made.not_used,
            (std::vector<std::string>{"repairRunThreadCount", "accessControl.users",
                                      "autoScheduling", "logging.loggers",
                                      "logging.appenders[0].type", "server.requestLog"}));
}

TEST(load_test, every_mistake_is_reported_with_line_key_value_and_what_is_accepted) {
  EXPECT_EQ(complaint(R"(repairIntensity: 1.5
segmentCountPerNode: lots
segmentCountPerNod: 3
something: else
server:
  adminConnectors:
    - port: 70000
)"),
            "x.yaml:1: repairIntensity: \"1.5\": a number above 0 and at most 1 is accepted\n"
            "x.yaml:2: segmentCountPerNode: \"lots\": a whole number from 0 to 1000 is accepted\n"
            "x.yaml:3: segmentCountPerNod: unknown key; did you mean segmentCountPerNode?\n" +
                complaint("\n\n\nsomething: else\n") +
                "x.yaml:7: server.adminConnectors[0].port: \"70000\": a whole number from 0 to "
                "65535 is accepted\n");
  EXPECT_NE(complaint("something: else").find("unknown key; accepted here: segmentCountPerNode"),
            std::string::npos);
}

TEST(load_test, a_missing_variable_hides_no_other_mistake) {
  EXPECT_EQ(complaint(R"(# ${IN_A_COMMENT}
segmentCountPerNode: ${NO_COUNT}  # ${IN_ANOTHER}
repairIntensity: 7
somethingElse: "a # ${NO_COMMENT}"
server: {applicationConnectors: [{port: ${NO_PORT}, colour: red}]}
"${NO_KEY}": 1
)"),
            "x.yaml:2: ${NO_COUNT}: this environment variable is not set and has no default\n" +
                complaint("\n\nrepairIntensity: 7\n") +
                "x.yaml:4: ${NO_COMMENT}: this environment variable is not set and has no "
                "default\n" +
                complaint("\n\n\nsomethingElse: x\n") +
                "x.yaml:5: ${NO_PORT}: this environment variable is not set and has no default\n" +
                complaint("\n\n\n\nserver: {applicationConnectors: [{colour: red}]}\n") +
                "x.yaml:6: ${NO_KEY}: this environment variable is not set and has no default\n");
}

TEST(load_test, variables_that_are_missing_in_comments_are_no_mistake) {
  EXPECT_EQ(read("#${A}\nrepairIntensity: 0.5 # ${B}\n  # ${C}\n").runs.intensity, 0.5);
}

TEST(load_test, what_is_not_yaml_does_not_hide_missing_variables) {
  const auto told = complaint("# ${COMMENT}\na: ${A}\nb: [\n");
  EXPECT_TRUE(
      told.starts_with("x.yaml:2: ${A}: this environment variable is not set and has no "
                       "default\nx.yaml:4: not YAML: "))
      << told;
}

TEST(load_test, a_text_that_grows_without_bounds_is_refused) {
  const auto outcome = parse(std::string(1000, ' ') + "${BIG}", [](const std::string&) {
    return std::optional<std::string>(std::string(2'000'000, 'x'));
  });
  EXPECT_EQ(to_text("f", std::get<std::vector<problem>>(outcome)),
            "f: the file with its variables is larger than 1 MiB\n");
}

TEST(load_test, what_is_not_yaml_is_reported_with_its_line) {
  EXPECT_TRUE(complaint("a: b\nc: [\n").starts_with("x.yaml:3: not YAML: "))
      << complaint("a: b\nc: [\n");
  EXPECT_EQ(complaint("- a\n- b\n"), "x.yaml:1: a block of keys and values is accepted\n");
  EXPECT_NE(complaint("? [a]\n: b\n"), "");
}

TEST(load_test, deep_nesting_is_refused_and_not_followed) {
  EXPECT_NE(complaint(std::string(100'000, '[')), "");
}

TEST(load_test, null_keeps_the_default) {
  EXPECT_EQ(read("segmentCountPerNode:\nserver:\njmxAuth: ~\n").runs.segments_per_node, 64);
}

TEST(load_test, a_file_that_cannot_be_read_says_so) {
  const auto outcome = load("/nonexistent/helenus.yaml");
  const auto& wrong = std::get<std::vector<problem>>(outcome);
  EXPECT_EQ(to_text("f", wrong), "f: cannot be read: No such file or directory\n");
  EXPECT_TRUE(std::holds_alternative<std::vector<problem>>(load("/tmp")));
}

}  // namespace
}  // namespace helenus::config
