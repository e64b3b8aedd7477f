#include "net/tls_stream.h"

#include "net/connect.h"
#include "net/errc.h"
#include "support/certificates.h"
#include "support/loopback_server.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace helenus::net {
namespace {

using namespace std::chrono_literals;
namespace ssl = boost::asio::ssl;

class tls_stream_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  base::real_clock clock;
  static test::certificates& issuer() {
    static test::certificates authority;
    return authority;
  }
  tls_client_options options = trusting_ours();

  static tls_client_options trusting_ours() {
    tls_client_options made;
    made.ca_file = issuer().ca_file();
    return made;
  }

  /// A server with a certificate for `name`; `client_ca`: asks for one of the client.
  std::unique_ptr<test::loopback_server> serve(const std::string& name,
                                               const std::string& client_ca = {}) {
    auto server = std::make_shared<ssl::context>(ssl::context::tls_server);
    const auto files = issuer().issue(name);
    server->use_certificate_chain_file(files.certificate);
    server->use_private_key_file(files.key, ssl::context::pem);
    if (!client_ca.empty()) {
      server->load_verify_file(client_ca);
      server->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    }
    return std::make_unique<test::loopback_server>(context, test::echoes_under_tls(server));
  }

  result<std::unique_ptr<stream>> connect_to(endpoint peer, base::clock::duration handshake = 5s) {
    const auto loaded = tls_context::load(options);
    if (!loaded) return loaded.error();
    return test::run_blocking(context, connect_tls(clock, peer, *loaded, 5s, handshake));
  }

  static task<std::string> exchange(stream& peer, std::string text) {
    CO_TRY_VOID(co_await peer.write(std::as_bytes(std::span(text))));
    std::string got(text.size(), '\0');
    for (std::size_t have = 0; have < got.size();) {
      auto rest = std::as_writable_bytes(std::span(got)).subspan(have);
      CO_TRY(size, co_await peer.read_some(rest));
      have += size;
    }
    co_return got;
  }
  result<std::string> say(stream& peer, std::string text = "hello") {
    return test::run_blocking(context, exchange(peer, std::move(text)));
  }
};

TEST_F(tls_stream_test, bytes_go_both_ways) {
  const auto server = serve("127.0.0.1");
  const auto peer = connect_to(server->endpoint());
  ASSERT_TRUE(peer) << peer.error().message();
  EXPECT_EQ(*say(**peer, std::string(50'000, 'x')), std::string(50'000, 'x'));
  EXPECT_TRUE(test::run_blocking(context, (*peer)->close()));
  EXPECT_EQ(say(**peer).error().code, errc::closed);
}

TEST_F(tls_stream_test, an_unknown_authority_is_refused) {
  const test::certificates stranger;
  options.ca_file = stranger.ca_file();
  const auto server = serve("127.0.0.1");
  EXPECT_EQ(connect_to(server->endpoint()).error().code, errc::tls_untrusted);
}

TEST_F(tls_stream_test, a_certificate_for_another_name_is_refused) {
  const auto server = serve("other.example");
  const auto refused = connect_to(server->endpoint());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::tls_wrong_name) << refused.error().message();
}

TEST_F(tls_stream_test, the_name_is_checked_only_as_far_as_asked) {
  const auto server = serve("other.example");
  options.expected_name = "other.example";
  EXPECT_TRUE(connect_to(server->endpoint()));
  options.expected_name.clear();
  options.verification = tls_verification::chain;
  EXPECT_TRUE(connect_to(server->endpoint()));
  const test::certificates stranger;
  options.ca_file = stranger.ca_file();
  EXPECT_FALSE(connect_to(server->endpoint()));
  options.verification = tls_verification::none;
  EXPECT_TRUE(connect_to(server->endpoint()));
}

TEST_F(tls_stream_test, our_certificate_is_shown_to_who_asks) {
  const auto server = serve("127.0.0.1", issuer().ca_file());
  const auto own = issuer().issue("helenus", "key password");
  options.certificate_file = own.certificate;
  options.key_file = own.key;
  options.key_password_file = own.password;
  const auto peer = connect_to(server->endpoint());
  ASSERT_TRUE(peer) << peer.error().message();
  EXPECT_EQ(*say(**peer), "hello");
}

TEST_F(tls_stream_test, a_server_that_misses_our_certificate_rejects_us) {
  const auto server = serve("127.0.0.1", issuer().ca_file());
  const auto peer = connect_to(server->endpoint());
  ASSERT_TRUE(peer);  // TLS 1.3: the server decides after we think that it is done
  const auto said = say(**peer);
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().code, errc::tls_rejected) << said.error().message();
}

TEST_F(tls_stream_test, servers_without_tls_are_recognised) {
  test::loopback_server http(context, test::answers("HTTP/1.1 400 Bad Request\r\n\r\n"));
  EXPECT_EQ(connect_to(http.endpoint()).error().code, errc::not_tls);
  test::loopback_server closing(context, test::closes_at_once);
  EXPECT_EQ(connect_to(closing.endpoint()).error().code, errc::not_tls);
}

TEST_F(tls_stream_test, a_silent_server_runs_into_the_deadline_of_the_handshake) {
  test::loopback_server silent(context, test::is_silent);
  EXPECT_EQ(connect_to(silent.endpoint(), 30ms).error().code, errc::tls_handshake_timed_out);
}

TEST_F(tls_stream_test, files_that_cannot_be_used_are_named) {
  options.ca_file = "/no/such/file.pem";
  const auto missing = tls_context::load(options);
  EXPECT_EQ(missing.error().code, errc::certificate_unreadable);
  EXPECT_NE(missing.error().detail.find("/no/such/file.pem"), std::string::npos);

  const auto first = issuer().issue("one", "right");
  const auto second = issuer().issue("two");
  options = trusting_ours();
  options.certificate_file = first.certificate;
  options.key_file = first.key;
  options.key_password_file = issuer().issue("three", "wrong").password;
  EXPECT_EQ(tls_context::load(options).error().code, errc::certificate_unreadable);
  options.key_file = second.key;
  EXPECT_EQ(tls_context::load(options).error().code, errc::certificate_unreadable);
  options.key_password_file = "/no/such/password";
  const auto no_password = tls_context::load(options);
  EXPECT_EQ(no_password.error().code, errc::certificate_unreadable);
  EXPECT_NE(no_password.error().detail.find("/no/such/password"), std::string::npos);
}

}  // namespace
}  // namespace helenus::net
