// client::connect against everything that may listen on a port and is not a JMX server, on real
// sockets. Whole sessions are in transcript_test.cc.
#include "jmx/client.h"

#include "jmx/errc.h"
#include "support/certificates.h"
#include "support/loopback_server.h"
#include "support/run.h"

#include <boost/asio/ssl/context.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace helenus::jmx {
namespace {

using namespace std::chrono_literals;
using helenus::test::loopback_server;

class client_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  base::real_clock clock;

  /// A step that ends by its deadline gets a short one; all others may take long on a busy machine.
  client_timeouts timeouts{.connect = 60s, .tls_handshake = 60s, .handshake = 60s, .lookup = 60s};

  client_options options_for(net::endpoint server) const {
    client_options options;
    options.server = std::move(server);
    options.timeouts = timeouts;
    return options;
  }
  static std::shared_ptr<const net::tls_context> trusting_anybody() {
    net::tls_client_options options;
    options.verification = net::tls_verification::none;
    return *net::tls_context::load(options);
  }
  error failure(client_options options) {
    auto outcome = helenus::test::run_blocking(context, client::connect(clock, std::move(options)));
    EXPECT_FALSE(outcome);
    return outcome ? error{} : outcome.error();
  }
  /// How it fails to be a JMX server that treats each connection so.
  error failure(loopback_server::session serve, bool tls = false) {
    loopback_server server(context, std::move(serve));
    auto options = options_for(server.endpoint());
    if (tls) options.tls = trusting_anybody();
    auto found = failure(std::move(options));
    EXPECT_NE(found.message().find(std::to_string(server.endpoint().port)), std::string::npos)
        << found.message();
    return found;
  }
};

TEST_F(client_test, a_port_without_a_listener_is_refused) {
  boost::asio::ip::tcp::acceptor unused(context, {boost::asio::ip::address_v4::loopback(), 0});
  const auto port = unused.local_endpoint().port();
  unused.close();
  EXPECT_EQ(failure(options_for({"127.0.0.1", port})).code, errc::refused);
}

TEST_F(client_test, a_web_server_is_not_jmx) {
  const auto found = failure(helenus::test::answers("HTTP/1.1 400 Bad Request\r\n\r\n"));
  EXPECT_EQ(found.code, errc::not_jmx);
  EXPECT_NE(found.message().find("HTTP"), std::string::npos) << found.message();
}

TEST_F(client_test, garbage_is_not_jmx) {
  EXPECT_EQ(failure(helenus::test::answers("SSH-2.0-OpenSSH_9.2\r\n")).code, errc::not_jmx);
}

TEST_F(client_test, a_server_that_closes_at_once_is_not_jmx) {
  const auto code = failure(helenus::test::closes_at_once).code;
  // A reset is seen instead when our first bytes arrive after the peer's goodbye.
  EXPECT_TRUE(code == errc::not_jmx || code == errc::closed) << code.message();
}

TEST_F(client_test, a_reset_is_a_closed_connection) {
  EXPECT_EQ(failure(helenus::test::resets).code, errc::closed);
}

TEST_F(client_test, a_silent_server_runs_into_the_deadline_of_the_first_step) {
  timeouts.handshake = timeouts.tls_handshake = 50ms;
  EXPECT_EQ(failure(helenus::test::is_silent).code, errc::handshake_timed_out);
  EXPECT_EQ(failure(helenus::test::is_silent, true).code, errc::tls_timed_out);
}

TEST_F(client_test, a_server_that_falls_silent_after_the_handshake_runs_into_the_next_deadline) {
  timeouts.lookup = 50ms;
  const std::string acknowledged("\x4e\x00\x01h\x00\x00\x00\x01", 8);
  EXPECT_EQ(failure(helenus::test::answers(acknowledged)).code, errc::lookup_timed_out);
}

TEST_F(client_test, tls_and_plain_are_not_mixed_up) {
  EXPECT_EQ(failure(helenus::test::answers("HTTP/1.1 400 Bad Request\r\n"), true).code,
            errc::tls_failed);
  EXPECT_EQ(failure(helenus::test::closes_at_once, true).code, errc::tls_failed);
  helenus::test::certificates issuer;
  auto server = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
  const auto files = issuer.issue("127.0.0.1");
  server->use_certificate_chain_file(files.certificate);
  server->use_private_key_file(files.key, boost::asio::ssl::context::pem);
  const auto found = failure(helenus::test::echoes_under_tls(server));
  EXPECT_EQ(found.code, errc::not_jmx) << found.message();
}

TEST_F(client_test, an_echo_is_not_jmx) {
  EXPECT_EQ(failure(helenus::test::echoes).code, errc::not_jmx);
}

TEST_F(client_test, options_without_a_server_are_refused) {
  EXPECT_EQ(failure(client_options{}).code, base::errc::invalid_argument);
}

}  // namespace
}  // namespace helenus::jmx
