#include "http/transport.h"

#include "http/server.h"
#include "net/connect.h"
#include "net/errc.h"
#include "support/certificates.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace helenus::http {
namespace {

using namespace std::chrono_literals;

/// A server under TLS on a free port, and clients that speak bytes.
class transport_test : public ::testing::Test {
 protected:
  transport_test() {
    const auto own = issuer().issue("127.0.0.1");
    server_files.certificate_file = own.certificate;
    server_files.key_file = own.key;
    client_files.ca_file = issuer().ca_file();
  }
  static test::certificates& issuer() {
    static test::certificates authority;
    return authority;
  }

  task<std::shared_ptr<const net::tls_context>> current() {
    ++asked_for_certificates;
    co_return net::tls_context::load(server_files);
  }

  /// What comes back for these bytes until the server closes.
  task<std::string> talk(net::endpoint peer, std::string bytes) {
    CO_TRY(trust, net::tls_context::load(client_files));
    CO_TRY(stream, co_await net::connect_tls(clock, peer, trust, 10s, 10s));
    CO_TRY_VOID(co_await stream->write(std::as_bytes(std::span(bytes))));
    std::string received;
    while (true) {
      std::string piece(4096, '\0');
      const auto size = co_await stream->read_some(std::as_writable_bytes(std::span(piece)));
      if (!size && size.error().code == net::errc::closed_by_peer) co_return received;
      if (!size) co_return size.error();
      received += piece.substr(0, *size);
    }
  }

  task<void> while_serving(std::function<task<void>(net::endpoint)> what) {
    auto listener = net::listener::open(executor, {.host = "127.0.0.1", .port = 0});
    if (!listener) co_return listener.error();
    const net::endpoint peer{"127.0.0.1", listener->port()};
    server tested(
        executor, clock, std::move(*listener), options,
        [](request& asked) -> task<response> {
          co_return response{
              .status = 200,
              .content_type = "text/plain",
              .body = asked.body.empty() ? "from " + asked.peer + asked.raw_target : asked.body};
        },
        [this] { return current(); });
    base::task_group group(executor);
    group.spawn("server", tested.run());
    auto outcome = co_await base::with_timeout(clock, what(peer), 60s, "the clients");
    tested.drain();
    CO_TRY_VOID(co_await base::with_timeout(clock, group.join(), 20s, "the drain"));
    co_return outcome;
  }

  /// The answers to requests on connections of their own.
  std::vector<result<std::string>> exchange(std::vector<std::string> requests) {
    std::vector<result<std::string>> received;
    const auto served =
        test::run_blocking(context, while_serving([&](net::endpoint peer) -> task<void> {
                             for (auto& bytes : requests)
                               received.push_back(co_await talk(peer, std::move(bytes)));
                             co_return result<void>{};
                           }));
    EXPECT_TRUE(served) << served.error().message();
    return received;
  }

  static std::string get(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  }
  static bool has(const result<std::string>& received, const std::string& part) {
    return received && received->find(part) != std::string::npos;
  }

  boost::asio::io_context context;
  boost::asio::any_io_executor executor = context.get_executor();
  base::real_clock clock;
  server_options options{};
  net::tls_server_options server_files;
  net::tls_client_options client_files;
  int asked_for_certificates = 0;
};

TEST_F(transport_test, requests_are_answered_under_tls_and_the_end_is_said) {
  const auto received = exchange({get("/a")});
  EXPECT_TRUE(has(received[0], "HTTP/1.1 200 OK"));
  EXPECT_TRUE(has(received[0], "from 127.0.0.1/a"));
}

TEST_F(transport_test, large_bodies_go_both_ways) {
  const std::string body(500'000, 'b');
  const auto received =
      exchange({"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                "Expect: 100-continue\r\nContent-Length: 500000\r\n\r\n" +
                body});
  EXPECT_TRUE(has(received[0], "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"));
  EXPECT_TRUE(has(received[0], body));
}

TEST_F(transport_test, each_connection_has_the_certificates_of_its_time) {
  test::certificates others;
  const auto served =
      test::run_blocking(context, while_serving([&](net::endpoint peer) -> task<void> {
                           EXPECT_TRUE(has(co_await talk(peer, get("/before")), "/before"));
                           const auto renewed = others.issue("127.0.0.1");
                           server_files.certificate_file = renewed.certificate;
                           server_files.key_file = renewed.key;
                           const auto untrusted = co_await talk(peer, get("/after"));
                           EXPECT_FALSE(untrusted);
                           client_files.ca_file = others.ca_file();
                           EXPECT_TRUE(has(co_await talk(peer, get("/after")), "/after"));
                           co_return result<void>{};
                         }));
  EXPECT_TRUE(served);
  EXPECT_EQ(asked_for_certificates, 3);
}

TEST_F(transport_test, without_certificates_nobody_is_answered_and_the_next_one_may_be) {
  const auto good = server_files.certificate_file;
  server_files.certificate_file += ".missing";
  const auto served =
      test::run_blocking(context, while_serving([&](net::endpoint peer) -> task<void> {
                           EXPECT_FALSE(co_await talk(peer, get("/early")));
                           server_files.certificate_file = good;
                           EXPECT_TRUE(has(co_await talk(peer, get("/late")), "/late"));
                           co_return result<void>{};
                         }));
  EXPECT_TRUE(served);
}

TEST_F(transport_test, who_has_to_show_a_certificate_is_not_answered_without) {
  server_files.clients = net::client_certificate::needed;
  server_files.ca_file = issuer().ca_file();
  EXPECT_FALSE(exchange({get("/stranger")})[0]);
  const auto own = issuer().issue("client");
  client_files.certificate_file = own.certificate;
  client_files.key_file = own.key;
  EXPECT_TRUE(has(exchange({get("/friend")})[0], "/friend"));
  server_files.clients = net::client_certificate::wanted;
  client_files.certificate_file.clear();
  client_files.key_file.clear();
  EXPECT_TRUE(has(exchange({get("/wanted")})[0], "/wanted")) << "it may be left out";
}

TEST_F(transport_test, plain_requests_are_not_answered_and_silence_has_an_end) {
  options.head_timeout = 200ms;
  const auto served = test::run_blocking(
      context, while_serving([&](net::endpoint peer) -> task<void> {
        for (const std::string& bytes : {get("/"), std::string()}) {
          CO_TRY(stream, co_await net::connect(clock, peer, 10s));
          CO_TRY_VOID(co_await stream->write(std::as_bytes(std::span(bytes))));
          std::string received(100, '\0');
          const auto size = co_await stream->read_some(std::as_writable_bytes(std::span(received)));
          EXPECT_FALSE(size && received.starts_with("HTTP")) << "an alert at most";
        }
        co_return result<void>{};
      }));
  EXPECT_TRUE(served);
}

TEST_F(transport_test, tls_12_can_be_left_out) {
  server_files.only_tls13 = true;
  EXPECT_TRUE(has(exchange({get("/13")})[0], "/13"));
}

}  // namespace
}  // namespace helenus::http
