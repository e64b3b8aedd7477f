#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "jmx/client.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

namespace helenus::jmx {

/// A variable of the environment; nothing when it is not set or empty.
inline std::optional<std::string> variable(const char* name) {
  const char* text = std::getenv(name);
  if (!text || !*text) return std::nullopt;
  return std::string(text);
}

/// Tests against the server that the environment names:
///   HELENUS_TEST_JMX           host:port
///   HELENUS_TEST_JMX_RMI_PORT  instead of the port that the stub names
///   HELENUS_TEST_JMX_USER, HELENUS_TEST_JMX_PASSWORD
///   HELENUS_TEST_JMX_PLAIN_REGISTRY   only the server behind the registry speaks TLS
///   HELENUS_TEST_JMX_CA, HELENUS_TEST_JMX_CERTIFICATE, HELENUS_TEST_JMX_KEY      PEM files
class real_server_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  base::real_clock clock;

  void SetUp() override {
    if (!variable("HELENUS_TEST_JMX")) GTEST_SKIP() << "HELENUS_TEST_JMX is not set";
  }

  static client_options options() {
    client_options made;
    made.server = *net::parse_endpoint(*variable("HELENUS_TEST_JMX"), 7199);
    if (const auto port = variable("HELENUS_TEST_JMX_RMI_PORT")) {
      made.rmi_port = static_cast<std::uint16_t>(std::stoi(*port));
    }
    if (const auto user = variable("HELENUS_TEST_JMX_USER")) {
      made.login = credentials{*user, base::secret(*variable("HELENUS_TEST_JMX_PASSWORD"))};
    }
    if (const auto ca = variable("HELENUS_TEST_JMX_CA")) {
      net::tls_client_options tls;
      tls.ca_file = *ca;
      tls.certificate_file = variable("HELENUS_TEST_JMX_CERTIFICATE").value_or("");
      tls.key_file = variable("HELENUS_TEST_JMX_KEY").value_or("");
      tls.verification = net::tls_verification::chain;
      made.tls = *net::tls_context::load(tls);
    }
    made.plain_registry = variable("HELENUS_TEST_JMX_PLAIN_REGISTRY").has_value();
    return made;
  }

  template <class Value>
  result<Value> run(task<Value> work) {
    return test::run_blocking(context, std::move(work));
  }

  std::unique_ptr<client> connect(client_options how = options()) {
    auto connected = run(client::connect(clock, std::move(how)));
    if (!connected) ADD_FAILURE() << connected.error().message();
    return connected ? std::move(*connected) : nullptr;
  }
};

}  // namespace helenus::jmx
