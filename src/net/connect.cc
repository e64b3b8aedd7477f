#include "net/connect.h"

#include "net/errc.h"
#include "net/tcp_stream.h"
#include "net/tls_stream.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <vector>

namespace helenus::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

// A peer that vanished (power, network) is noticed after 20 s of silence and 4 probes of 10 s.
constexpr int keep_alive_idle_seconds = 20;
constexpr int keep_alive_interval_seconds = 10;
constexpr int keep_alive_probes = 4;

template <int Name>
using tcp_option = asio::detail::socket_option::integer<IPPROTO_TCP, Name>;

void tune(tcp::socket& socket) {
  // Best effort: a connection without them still works.
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  socket.set_option(tcp_option<TCP_KEEPIDLE>(keep_alive_idle_seconds), ignored);
  socket.set_option(tcp_option<TCP_KEEPINTVL>(keep_alive_interval_seconds), ignored);
  socket.set_option(tcp_option<TCP_KEEPCNT>(keep_alive_probes), ignored);
}

task<std::vector<tcp::endpoint>> look_up(endpoint peer) {
  boost::system::error_code no_address;
  const auto address = asio::ip::make_address(peer.host, no_address);
  if (!no_address) co_return std::vector{tcp::endpoint(address, peer.port)};
  tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto [failure, found] = co_await resolver.async_resolve(
      peer.host, std::to_string(peer.port), tcp::resolver::numeric_service, as_values);
  if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
  if (failure) co_return connect_error(failure);
  std::vector<tcp::endpoint> addresses(found.begin(), found.end());
  co_return addresses;
}

task<tcp::socket> connect_to(tcp::endpoint address) {
  tcp::socket socket(co_await asio::this_coro::executor);
  const auto [failure] = co_await socket.async_connect(address, as_values);
  if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
  if (failure) co_return connect_error(failure);
  tune(socket);
  co_return socket;
}

error timed_out(const endpoint& peer, base::clock::duration timeout) {
  return {errc::connect_timed_out,
          to_text(peer) + ": no connection after " + base::to_text(timeout)};
}

task<std::vector<tcp::endpoint>> look_up_within(base::clock& clock, endpoint peer,
                                                base::clock::duration timeout) {
  auto looking_up =
      base::with_timeout(clock, look_up(peer), timeout, "the address of " + peer.host);
  auto found = co_await std::move(looking_up);
  if (!found && found.error().code == base::errc::timed_out) {
    co_return error{errc::name_lookup_failed, found.error().detail};
  }
  co_return found;
}

task<tcp::socket> connect_tcp(base::clock& clock, endpoint peer, base::clock::duration timeout) {
  const auto deadline = clock.now() + timeout;
  auto found = co_await look_up_within(clock, peer, timeout);
  if (!found) co_return base::with_context(std::move(found).error(), to_text(peer));
  error last = timed_out(peer, timeout);
  auto left = static_cast<int>(found->size());
  for (const auto& address : *found) {
    // Every address gets a fair share of what is left, so that one black hole does not use it all.
    const auto share = (deadline - clock.now()) / left--;
    if (share <= base::clock::duration::zero()) break;
    auto connecting = base::with_timeout(clock, connect_to(address), share, to_text(peer));
    auto socket = co_await std::move(connecting);
    if (socket) co_return std::move(*socket);
    last = socket.error().code == base::errc::timed_out
               ? timed_out(peer, timeout)
               : base::with_context(std::move(socket).error(), to_text(peer));
  }
  co_return last;
}

}  // namespace

task<std::vector<std::string>> addresses_of(base::clock& clock, std::string host,
                                            base::clock::duration timeout) {
  CO_TRY(found, co_await look_up_within(clock, {host, 0}, timeout));
  std::vector<std::string> addresses;
  for (const auto& one : found) addresses.push_back(one.address().to_string());
  co_return addresses;
}

task<std::unique_ptr<stream>> connect(base::clock& clock, endpoint peer,
                                      base::clock::duration timeout) {
  CO_TRY(socket, co_await connect_tcp(clock, peer, timeout));
  co_return std::unique_ptr<stream>(new tcp_stream(std::move(socket), to_text(peer)));
}

task<std::unique_ptr<stream>> connect_tls(base::clock& clock, endpoint peer,
                                          std::shared_ptr<const tls_context> context,
                                          base::clock::duration timeout,
                                          base::clock::duration handshake_timeout) {
  CO_TRY(socket, co_await connect_tcp(clock, peer, timeout));
  auto secured = std::make_unique<tls_stream>(std::move(socket), context, to_text(peer));
  auto handshaking = base::with_timeout(clock, secured->handshake(peer.host), handshake_timeout,
                                        "the TLS handshake with " + to_text(peer));
  auto done = co_await std::move(handshaking);
  if (!done && done.error().code == base::errc::timed_out) {
    co_return error{errc::tls_handshake_timed_out, done.error().detail};
  }
  if (!done) co_return base::with_context(std::move(done).error(), to_text(peer));
  co_return std::unique_ptr<stream>(std::move(secured));
}

}  // namespace helenus::net
