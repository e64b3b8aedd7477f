#pragma once

#include "net/endpoint.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace helenus::test {

/// A server on a free port of a loopback address that treats each connection as a function says.
class loopback_server {
 public:
  using tcp = boost::asio::ip::tcp;
  using session = std::function<boost::asio::awaitable<void>(tcp::socket)>;

  loopback_server(boost::asio::io_context& context, session serve,
                  const std::string& address = "127.0.0.1")
      : acceptor_(context, {boost::asio::ip::make_address(address), 0}), serve_(std::move(serve)) {
    boost::asio::co_spawn(context, accept(), [](std::exception_ptr) {});
  }
  ~loopback_server() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
  }
  loopback_server(const loopback_server&) = delete;
  loopback_server& operator=(const loopback_server&) = delete;

  net::endpoint endpoint() const {
    const auto own = acceptor_.local_endpoint();
    return {own.address().to_string(), own.port()};
  }

 private:
  boost::asio::awaitable<void> accept() {
    for (;;) {
      auto socket = co_await acceptor_.async_accept(boost::asio::use_awaitable);
      boost::asio::co_spawn(acceptor_.get_executor(), serve_(std::move(socket)),
                            [](std::exception_ptr) {});
    }
  }

  tcp::acceptor acceptor_;
  session serve_;
};

inline constexpr auto as_values = boost::asio::as_tuple(boost::asio::use_awaitable);

/// Gives back what arrives, until the end.
template <class Stream>
boost::asio::awaitable<void> echo(Stream& stream) {
  std::array<char, 1024> buffer;
  for (;;) {
    const auto [failure, size] =
        co_await stream.async_read_some(boost::asio::buffer(buffer), as_values);
    if (failure) co_return;
    co_await boost::asio::async_write(stream, boost::asio::buffer(buffer, size), as_values);
  }
}

// --- what a loopback_server may do with a connection ---

inline boost::asio::awaitable<void> echoes(loopback_server::tcp::socket socket) {
  co_await echo(socket);
}

inline boost::asio::awaitable<void> closes_at_once(loopback_server::tcp::socket) { co_return; }

/// Reads and never answers, until the client leaves.
inline boost::asio::awaitable<void> is_silent(loopback_server::tcp::socket socket) {
  std::array<char, 1024> buffer;
  for (;;) {
    const auto [failure, size] =
        co_await socket.async_read_some(boost::asio::buffer(buffer), as_values);
    if (failure) co_return;
  }
}

/// Answers the first bytes with `text`, then waits for the client to leave.
inline loopback_server::session answers(std::string text) {
  const auto run = [](loopback_server::tcp::socket socket,
                      std::string said) -> boost::asio::awaitable<void> {
    std::array<char, 1024> buffer;
    co_await socket.async_read_some(boost::asio::buffer(buffer), as_values);
    co_await boost::asio::async_write(socket, boost::asio::buffer(said), as_values);
    co_await is_silent(std::move(socket));
  };
  return [run, text](loopback_server::tcp::socket socket) { return run(std::move(socket), text); };
}

/// Reads a little, then resets the connection.
inline boost::asio::awaitable<void> resets(loopback_server::tcp::socket socket) {
  std::array<char, 1> buffer;
  co_await socket.async_read_some(boost::asio::buffer(buffer), as_values);
  boost::system::error_code ignored;
  socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
}

/// An echo under TLS.
inline loopback_server::session echoes_under_tls(
    std::shared_ptr<boost::asio::ssl::context> certificates) {
  const auto run =
      [](loopback_server::tcp::socket socket,
         std::shared_ptr<boost::asio::ssl::context> context) -> boost::asio::awaitable<void> {
    boost::asio::ssl::stream<loopback_server::tcp::socket> stream(std::move(socket), *context);
    const auto [failure] =
        co_await stream.async_handshake(boost::asio::ssl::stream_base::server, as_values);
    if (!failure) co_await echo(stream);
  };
  return [run, certificates](loopback_server::tcp::socket socket) {
    return run(std::move(socket), certificates);
  };
}

}  // namespace helenus::test
