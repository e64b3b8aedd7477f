#include "net/tcp_stream.h"

#include "net/errc.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>

namespace helenus::net {

namespace asio = boost::asio;

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

}  // namespace

error socket_error(const boost::system::error_code& failure) {
  if (failure == asio::error::eof) return errc::closed_by_peer;
  if (failure == asio::error::operation_aborted || failure == asio::error::bad_descriptor) {
    return errc::closed;
  }
  return {errc::connection_lost, failure.message()};
}

error connect_error(const boost::system::error_code& failure) {
  namespace sys = boost::system::errc;
  if (failure == asio::error::connection_refused) return {errc::refused, failure.message()};
  if (failure == asio::error::timed_out) return {errc::connect_timed_out, failure.message()};
  if (failure == asio::error::host_not_found || failure == asio::error::no_data) {
    return {errc::name_not_found, failure.message()};
  }
  if (failure.category() == asio::error::get_netdb_category() ||
      failure.category() == asio::error::get_addrinfo_category()) {
    return {errc::name_lookup_failed, failure.message()};
  }
  if (failure == sys::permission_denied || failure == sys::operation_not_permitted) {
    return {errc::no_permission, failure.message()};
  }
  if (failure == sys::too_many_files_open || failure == sys::too_many_files_open_in_system) {
    return {errc::too_many_files, failure.message()};
  }
  if (failure == asio::error::connection_reset) return {errc::connection_lost, failure.message()};
  return {errc::unreachable, failure.message()};
}

bool is_quiet(asio::ip::tcp::socket& socket) {
  char byte;
  const auto got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

// A cancelled operation and one on a socket that abort() closed both end with operation_aborted.
// Only the first may unwind, and Asio does that itself at the next co_await; so the closed one is
// told by the socket.
task<std::size_t> tcp_stream::read_some(std::span<std::byte> into) {
  const auto [failure, size] =
      co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), as_values);
  if (failure == asio::error::operation_aborted && socket_.is_open()) {
    throw boost::system::system_error(failure);
  }
  if (failure) co_return socket_error(failure);
  co_return size;
}

task<void> tcp_stream::write(std::span<const std::byte> bytes) {
  const auto [failure, size] =
      co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), as_values);
  if (failure == asio::error::operation_aborted && socket_.is_open()) {
    throw boost::system::system_error(failure);
  }
  if (failure) co_return socket_error(failure);
  co_return result<void>{};
}

task<void> tcp_stream::wait_readable() {
  const auto [failure] = co_await socket_.async_wait(asio::socket_base::wait_read, as_values);
  if (failure == asio::error::operation_aborted && socket_.is_open()) {
    throw boost::system::system_error(failure);
  }
  if (failure) co_return socket_error(failure);
  co_return result<void>{};
}

bool tcp_stream::quiet() { return socket_.is_open() && is_quiet(socket_); }

task<void> tcp_stream::close() {
  boost::system::error_code ignored;
  socket_.shutdown(asio::socket_base::shutdown_both, ignored);
  abort();
  co_return result<void>{};
}

void tcp_stream::abort() noexcept {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace helenus::net
