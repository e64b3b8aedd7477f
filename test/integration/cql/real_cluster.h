#pragma once

#include "base/clock.h"
#include "cql/session.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

namespace helenus::test {

inline std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// How to reach the cluster that the script started.
inline cql::session_options real_options() {
  cql::session_options options;
  std::istringstream nodes(setting("HELENUS_TEST_CQL_NODES"));
  for (std::string node; std::getline(nodes, node, ',');)
    options.contact_points.push_back(net::parse_endpoint(node, 9042).value());
  // A busy machine.
  options.connect_timeout = std::chrono::seconds(60);
  options.request_timeout = std::chrono::seconds(30);
  options.schema_timeout = std::chrono::seconds(120);
  return options;
}

using session_pointer = std::unique_ptr<cql::session>;

/// Runs one scene to its end, on a loop of its own.
class real_cluster_test : public ::testing::Test {
 public:
  template <class Value>
  result<Value> run(task<Value> scene) {
    return run_blocking(loop, std::move(scene));
  }
  void expect(task<void> scene) {
    const auto outcome = run(std::move(scene));
    EXPECT_TRUE(outcome.has_value())
        << outcome.error().code.message() << ": " << outcome.error().detail;
  }

  boost::asio::io_context loop;
  base::real_clock clock;
  std::string keyspace = setting("HELENUS_TEST_KEYSPACE");
};

}  // namespace helenus::test
