#include "config/load.h"

#include <gtest/gtest.h>

namespace helenus::config {
namespace {

loaded read(std::string_view text) {
  return parse(text, [](const std::string&) -> std::optional<std::string> { return std::nullopt; });
}

/// What is wrong with a text, as a person sees it.
std::string complaint(std::string_view text) {
  const auto outcome = read(text);
  const auto* wrong = std::get_if<std::vector<problem>>(&outcome);
  return wrong ? to_text("f", *wrong) : "";
}

settings made(std::string_view text) {
  EXPECT_EQ(complaint(text), "");
  return std::get<settings>(read(text));
}

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

}  // namespace
}  // namespace helenus::config
