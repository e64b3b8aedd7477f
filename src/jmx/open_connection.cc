#include "jmx/open_connection.h"

#include "jmx/errc.h"
#include "jmx/network_error.h"
#include "net/connect.h"

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace helenus::jmx {
namespace {

task<std::unique_ptr<net::stream>> open_stream(base::clock& clock, client_options options,
                                               net::endpoint where, bool tls) {
  if (tls && !options.tls) {
    co_return error{errc::tls_failed, net::to_text(where) +
                                          ": the server's stub asks for TLS, and no certificates "
                                          "are configured for it"};
  }
  auto opening = tls ? net::connect_tls(clock, where, options.tls, options.timeouts.connect,
                                        options.timeouts.tls_handshake)
                     : net::connect(clock, where, options.timeouts.connect);
  auto opened = co_await std::move(opening);
  if (!opened) co_return from_network(std::move(opened).error());
  co_return std::move(*opened);
}

}  // namespace

stream_opener network_opener(base::clock& clock, client_options options) {
  return [&clock, options = std::move(options)](net::endpoint where, bool tls) {
    return open_stream(clock, options, std::move(where), tls);
  };
}

task<std::shared_ptr<connection>> open_connection(base::clock& clock, stream_opener open,
                                                  net::endpoint where, bool tls,
                                                  reader_limits limits,
                                                  base::clock::duration handshake_timeout) {
  CO_TRY(stream, co_await open(where, tls));
  auto opened = std::make_shared<connection>(clock, co_await boost::asio::this_coro::executor,
                                             std::move(stream), limits);
  CO_TRY_VOID(co_await opened->start(handshake_timeout));
  co_return opened;
}

}  // namespace helenus::jmx
