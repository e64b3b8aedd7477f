#include "integration/management/tcp_proxy.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace helenus::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<void> pump(tcp::socket& from, tcp::socket& to) {
  std::array<char, 16'384> buffer{};
  for (;;) {
    boost::system::error_code failure;
    const auto size = co_await from.async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, failure));
    if (failure) break;
    co_await asio::async_write(to, asio::buffer(buffer.data(), size),
                               asio::redirect_error(asio::use_awaitable, failure));
    if (failure) break;
  }
  boost::system::error_code ignored;
  to.shutdown(tcp::socket::shutdown_both, ignored);
  from.shutdown(tcp::socket::shutdown_both, ignored);
}

}  // namespace

tcp_proxy::tcp_proxy(asio::any_io_executor executor, std::uint16_t port, net::endpoint server)
    : executor_(executor),
      server_(asio::ip::make_address(server.host), server.port),
      acceptor_(executor, tcp::endpoint(asio::ip::address_v4::loopback(), port)),
      connections_(executor) {}

task<void> tcp_proxy::run() {
  co_return co_await base::finally(
      [](tcp_proxy& self) -> task<void> {
        for (;;) {
          auto both = std::make_shared<pair>(self.executor_);
          co_await self.acceptor_.async_accept(both->client, asio::use_awaitable);
          ++self.accepted_;
          self.pairs_.push_back(both);
          self.connections_.spawn("forward", self.forward(std::move(both)));
        }
      }(*this),
      [this]() -> task<void> {
        connections_.cancel();
        co_return co_await connections_.join();
      });
}

void tcp_proxy::cut() {
  for (const auto& weak : pairs_) {
    if (const auto both = weak.lock()) {
      boost::system::error_code ignored;
      both->client.close(ignored);
      both->server.close(ignored);
    }
  }
  pairs_.clear();
}

task<void> tcp_proxy::forward(std::shared_ptr<pair> both) {
  using namespace asio::experimental::awaitable_operators;
  boost::system::error_code failure;
  co_await both->server.async_connect(server_, asio::redirect_error(asio::use_awaitable, failure));
  if (!failure) {
    co_await (pump(both->client, both->server) && pump(both->server, both->client));
  }
  co_return result<void>{};
}

std::uint16_t unused_port() {
  asio::io_context context;
  const tcp::acceptor probe(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  return probe.local_endpoint().port();
}

}  // namespace helenus::test
