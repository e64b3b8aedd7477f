#include "net/listener.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sstream>

namespace helenus::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

result<tcp::endpoint> resolve(const asio::any_io_executor& executor, const listen_options& where) {
  boost::system::error_code failure;
  const auto address = asio::ip::make_address(where.host, failure);
  if (!failure) return tcp::endpoint(address, where.port);
  tcp::resolver resolver(executor);
  const auto found =
      resolver.resolve(where.host, std::to_string(where.port), tcp::resolver::passive, failure);
  if (failure || found.empty()) {
    return error{failure ? failure : make_error_code(base::errc::not_found),
                 "cannot listen on " + where.host + ": the name does not resolve"};
  }
  return found.begin()->endpoint();
}

std::string to_text(const tcp::endpoint& endpoint) {
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

}  // namespace

listener::listener(tcp::acceptor acceptor) : acceptor_(std::move(acceptor)) {
  boost::system::error_code ignored;
  const auto local = acceptor_.local_endpoint(ignored);
  port_ = local.port();
  address_ = to_text(local);
}

result<listener> listener::open(asio::any_io_executor executor, const listen_options& where) {
  TRY(endpoint, resolve(executor, where));
  tcp::acceptor acceptor(executor);
  boost::system::error_code failure;
  acceptor.open(endpoint.protocol(), failure);
  // Without it a restart is refused while connections of the process before linger in TIME_WAIT.
  if (!failure) acceptor.set_option(asio::socket_base::reuse_address(true), failure);
  if (!failure) acceptor.bind(endpoint, failure);
  if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
  if (failure) {
    return error{failure, "cannot listen on " + to_text(endpoint) + ": " + failure.message()};
  }
  return listener(std::move(acceptor));
}

task<tcp::socket> listener::accept() {
  boost::system::error_code failure;
  auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failure));
  if (failure == asio::error::operation_aborted && acceptor_.is_open()) {
    throw boost::system::system_error(failure);
  }
  if (failure) co_return error{failure, "cannot accept a connection: " + failure.message()};
  socket.set_option(tcp::no_delay(true), failure);  // only a matter of speed
  co_return std::move(socket);
}

void listener::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

}  // namespace helenus::net
