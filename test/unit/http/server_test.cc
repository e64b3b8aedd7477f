#include "http/server.h"

#include "http/gzip.h"
#include "support/run.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <gtest/gtest.h>

namespace helenus::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

/// A server on a free port whose handler echoes, and clients that speak bytes.
class server_test : public ::testing::Test {
 public:
  void start(server_options options = {}) {
    auto listener = net::listener::open(context.get_executor(), {.host = "127.0.0.1", .port = 0});
    ASSERT_TRUE(listener) << listener.error().message();
    tested.emplace(context.get_executor(), clock, std::move(*listener), options,
                   [this](request& asked) { return handle(asked); });
  }

  task<response> handle(request& asked) {
    ++requests;
    if (asked.raw_target == "/slow") co_await clock.sleep_for(100ms);
    if (asked.raw_target == "/never") co_await clock.sleep_for(1h);
    if (asked.raw_target == "/drain") tested->drain();
    if (asked.raw_target == "/large") {
      co_return response{
          .status = 200, .content_type = "text/plain", .body = std::string(large_body, 'a')};
    }
    if (asked.raw_target == "/echo") {
      co_return response{.status = 200, .content_type = "text/plain", .body = asked.body};
    }
    if (asked.raw_target == "/empty") co_return response{.status = 204};
    co_return response{.status = 200,
                       .content_type = "text/plain",
                       .body = std::string(to_text(asked.verb)) + " " + asked.raw_target + " " +
                               std::to_string(asked.body.size())};
  }

  /// Sends the pieces one after the other and returns all that comes back until the server closes.
  task<std::string> talk(std::vector<std::string> pieces) {
    tcp::socket socket(context);
    co_await socket.async_connect(tcp::endpoint(asio::ip::address_v4::loopback(), tested->port()),
                                  asio::use_awaitable);
    boost::system::error_code failure;
    for (const auto& piece : pieces) {
      co_await asio::async_write(socket, asio::buffer(piece),
                                 asio::redirect_error(asio::use_awaitable, failure));
    }
    std::string received;
    co_await asio::async_read(socket, asio::dynamic_buffer(received),
                              asio::redirect_error(asio::use_awaitable, failure));
    if (failure != asio::error::eof) received += " [" + failure.message() + "]";
    co_return received;
  }

  task<std::string> serve_and_talk(std::vector<std::string> pieces) {
    base::task_group group(context.get_executor());
    group.spawn("server", tested->run());
    auto received = co_await base::with_timeout(clock, talk(std::move(pieces)), 20s, "the server");
    tested->drain();
    CO_TRY_VOID(co_await group.join());
    co_return received;
  }

  std::string exchange(std::vector<std::string> pieces) {
    auto received = test::run_blocking(context, serve_and_talk(std::move(pieces)));
    return received ? *received : "error: " + received.error().message();
  }

  asio::io_context context;
  base::real_clock clock;
  std::optional<server> tested;
  int requests = 0;
  std::size_t large_body = 300;
};

std::string get(const std::string& target, const std::string& more = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n";
}
constexpr auto close_header = "Connection: close\r\n";

testing::AssertionResult contains(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << part << "\" in \"" << text << "\"";
}

TEST_F(server_test, keeps_a_connection_and_answers_requests_that_were_sent_ahead_in_order) {
  start();
  const auto received = exchange({get("/a") + get("/b") + get("/c", close_header)});
  const auto first = received.find("GET /a 0");
  const auto second = received.find("GET /b 0");
  const auto third = received.find("GET /c 0");
  EXPECT_NE(first, std::string::npos);
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_NE(third, std::string::npos);
  EXPECT_EQ(requests, 3);
}

TEST_F(server_test, reads_bodies_with_a_length_and_in_chunks) {
  start();
  const std::string sized = "POST /s HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
  const std::string chunked =
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
      "3\r\nabc\r\n0\r\n\r\n";
  const auto received = exchange({sized, chunked});
  EXPECT_TRUE(contains(received, "POST /s 5"));
  EXPECT_TRUE(contains(received, "POST /c 3"));
}

TEST_F(server_test, head_is_answered_without_a_body) {
  start();
  const auto received = exchange({"HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + get("/b", close_header)});
  EXPECT_TRUE(contains(received, "Content-Length: 9\r\n\r\nHTTP/1.1 200"));
}

TEST_F(server_test, an_empty_answer_has_no_content_type) {
  start();
  const auto received = exchange({get("/empty", close_header)});
  EXPECT_TRUE(contains(received, "HTTP/1.1 204 No Content"));
  EXPECT_FALSE(contains(received, "Content-Type"));
  EXPECT_FALSE(contains(received, "Content-Length"));
}

TEST_F(server_test, http_1_0_is_closed_after_one_answer) {
  start();
  EXPECT_TRUE(contains(exchange({"GET /a HTTP/1.0\r\n\r\n"}), "GET /a 0"));
}

TEST_F(server_test, a_head_that_is_too_large_is_431) {
  start({.max_head_bytes = 500});
  const auto received = exchange({get("/" + std::string(600, 'a'))});
  EXPECT_TRUE(contains(received, "HTTP/1.1 431"));
  EXPECT_EQ(requests, 0);
}

TEST_F(server_test, a_body_that_is_too_large_is_413_and_the_client_can_read_it) {
  start({.max_body_bytes = 1000});
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n";
  const auto received = exchange({head, std::string(10'000'000, 'a')});
  EXPECT_TRUE(contains(received, "HTTP/1.1 413"));
  EXPECT_FALSE(contains(received, "["));
  EXPECT_EQ(requests, 0);
}

TEST_F(server_test, a_chunked_body_that_grows_too_large_is_413) {
  start({.max_body_bytes = 1000});
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_TRUE(
      contains(exchange({head, "800\r\n" + std::string(0x800, 'a') + "\r\n"}), "HTTP/1.1 413"));
}

TEST_F(server_test, what_is_not_http_is_400) {
  start();
  EXPECT_TRUE(contains(exchange({std::string("JRMI\0\2K", 7)}), "HTTP/1.1 400"));
}

TEST_F(server_test, a_target_that_cannot_be_decoded_is_400_and_says_why) {
  start();
  const auto received = exchange({get("/%zz")});
  EXPECT_TRUE(contains(received, "HTTP/1.1 400"));
  EXPECT_TRUE(contains(received, "two hex digits"));
  start();
  EXPECT_TRUE(contains(exchange({get("/cluster?seedHost=%FF")}),
                       "the parameter seedHost contains control characters or is not UTF-8"));
  start();
  EXPECT_TRUE(contains(exchange({get("/cluster?seedHost=\xC3(")}), "HTTP/1.1 400"));
}

TEST_F(server_test, http_1_1_without_exactly_one_host_is_400) {
  start();
  EXPECT_TRUE(contains(exchange({"GET / HTTP/1.1\r\n\r\n"}), "HTTP/1.1 400"));
}

TEST_F(server_test, half_a_head_is_408_after_its_time) {
  start({.head_timeout = 30ms});
  EXPECT_TRUE(contains(exchange({"GET / HT"}), "HTTP/1.1 408"));
}

TEST_F(server_test, half_a_body_is_408_after_its_time) {
  start({.body_timeout = 30ms});
  EXPECT_TRUE(contains(exchange({"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel"}),
                       "HTTP/1.1 408"));
}

TEST_F(server_test, an_idle_connection_is_closed_without_a_word) {
  start({.idle_timeout = 30ms});
  EXPECT_EQ(exchange({""}), "");
}

TEST_F(server_test, a_handler_that_takes_too_long_is_503) {
  start({.handler_timeout = 30ms});
  EXPECT_TRUE(contains(exchange({get("/never", close_header)}), "HTTP/1.1 503"));
}

TEST_F(server_test, a_client_that_asks_to_continue_is_told_to) {
  start();
  const auto received =
      exchange({"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"
                "Connection: close\r\n\r\n",
                "hi"});
  EXPECT_TRUE(contains(received, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200"));
}

TEST_F(server_test, connections_over_the_limit_are_refused_with_503) {
  start({.max_connections = 0});
  EXPECT_TRUE(contains(exchange({}), "HTTP/1.1 503"));
  EXPECT_EQ(requests, 0);
}

TEST_F(server_test, a_client_that_does_not_take_its_answer_is_cut_off) {
  large_body = 64 * 1024 * 1024;  // more than the buffers of any socket
  start({.write_timeout = 50ms});
  auto work = [this]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("server", tested->run());
    tcp::socket socket(context);
    co_await socket.async_connect(tcp::endpoint(asio::ip::address_v4::loopback(), tested->port()),
                                  asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(get("/large")), asio::use_awaitable);
    while (requests == 0) co_await clock.sleep_for(1ms);
    while (tested->connection_count() > 0) co_await clock.sleep_for(1ms);
    tested->drain();
    co_return co_await group.join();
  };
  EXPECT_TRUE(test::run_blocking(
      context, base::with_timeout(clock, work(), 20s, "the server to give the client up")));
}

TEST_F(server_test, the_connection_over_a_limit_of_one_is_refused_and_one_that_ends_makes_room) {
  start({.max_connections = 1});
  auto work = [this]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("server", tested->run());
    {
      tcp::socket first(context);
      co_await first.async_connect(tcp::endpoint(asio::ip::address_v4::loopback(), tested->port()),
                                   asio::use_awaitable);
      while (tested->connection_count() == 0) co_await clock.sleep_for(1ms);
      CO_TRY(refused, co_await talk({}));
      EXPECT_TRUE(contains(refused, "HTTP/1.1 503"));
    }
    while (tested->connection_count() > 0) co_await clock.sleep_for(1ms);
    CO_TRY(answered, co_await talk({get("/a", close_header)}));
    EXPECT_TRUE(contains(answered, "GET /a 0"));
    tested->drain();
    co_return co_await group.join();
  };
  EXPECT_TRUE(test::run_blocking(context, base::with_timeout(clock, work(), 20s, "the server")));
}

std::string post_coded(const std::string& coding, const std::string& body) {
  return "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Encoding: " + coding +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_F(server_test, answers_are_compressed_for_clients_that_accept_it) {
  const std::string wanted = std::string("Accept-Encoding: gzip\r\n") + close_header;
  start();
  const auto received = exchange({get("/large", wanted)});
  EXPECT_TRUE(contains(received, "Content-Encoding: gzip\r\n"));
  EXPECT_TRUE(contains(received, "Vary: Accept-Encoding\r\n"));
  const auto body = received.substr(received.find("\r\n\r\n") + 4);
  EXPECT_TRUE(contains(received, "Content-Length: " + std::to_string(body.size()) + "\r\n"));
  EXPECT_TRUE(gunzip(body, 1000) == std::string(large_body, 'a'));
  start();
  EXPECT_FALSE(contains(exchange({get("/large", close_header)}), "Content-Encoding"));
  large_body = least_compressed_bytes - 1;
  start();
  EXPECT_FALSE(contains(exchange({get("/large", wanted)}), "Content-Encoding"));
}

TEST_F(server_test, compressed_bodies_are_read_up_to_the_limit_of_a_body) {
  const auto pack = [this](std::string text) {
    return *test::run_blocking(context, gzip(std::move(text)));
  };
  start();
  EXPECT_TRUE(contains(exchange({post_coded("gzip", pack("hello"))}), "\r\n\r\nhello"));
  start({.max_body_bytes = 1000});
  EXPECT_TRUE(
      contains(exchange({post_coded("x-gzip", pack(std::string(1001, 'a')))}), "HTTP/1.1 413"));
  start();
  EXPECT_TRUE(contains(exchange({post_coded("gzip", "hello")}), "HTTP/1.1 400"));
  start();
  EXPECT_TRUE(contains(exchange({post_coded("identity", "hello")}), "\r\n\r\nhello"));
  start();
  const auto refused = exchange({post_coded("br", "hello")});
  EXPECT_TRUE(contains(refused, "HTTP/1.1 415"));
  EXPECT_TRUE(contains(refused, "Accept-Encoding: gzip"));
}

TEST_F(server_test, ten_mebibytes_are_more_than_a_body_may_have_by_default) {
  start();
  const std::size_t size = 10 * 1024 * 1024;
  const std::string head =
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
  const auto received = exchange({head, std::string(size, 'a')});
  EXPECT_TRUE(contains(received, "HTTP/1.1 413"));
  EXPECT_EQ(requests, 0);
}

TEST_F(server_test, a_drain_answers_the_running_request_and_closes) {
  start();
  const auto received = exchange({get("/drain")});
  EXPECT_TRUE(contains(received, "GET /drain 0"));
  EXPECT_TRUE(contains(received, "Connection: close"));
}

TEST_F(server_test, a_drain_ends_idle_connections_at_once) {
  start();
  auto work = [this]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("server", tested->run());
    tcp::socket socket(context);
    co_await socket.async_connect(tcp::endpoint(asio::ip::address_v4::loopback(), tested->port()),
                                  asio::use_awaitable);
    while (tested->connection_count() == 0) co_await clock.sleep_for(1ms);
    tested->drain();
    co_return co_await base::with_timeout(clock, group.join(), 5s, "the drain");
  };
  EXPECT_TRUE(test::run_blocking(context, work()));
}

TEST_F(server_test, cancelling_the_server_cuts_its_connections) {
  start();
  auto work = [this]() -> task<void> {
    base::task_group group(context.get_executor());
    group.spawn("server", tested->run());
    group.spawn("client", [](server_test& self) -> task<void> {
      co_await self.talk({get("/never")});
      co_return result<void>{};
    }(*this));
    while (requests == 0) co_await clock.sleep_for(1ms);
    group.cancel();
    co_return co_await base::with_timeout(clock, group.join(), 5s, "the end");
  };
  EXPECT_TRUE(test::run_blocking(context, work()));
  EXPECT_EQ(tested->connection_count(), 0U);
}

}  // namespace
}  // namespace helenus::http
