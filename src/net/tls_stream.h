#pragma once

#include "net/stream.h"
#include "net/tls_context.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <memory>
#include <string>

namespace helenus::net {

/// TLS on a connected TCP socket, as a stream.
class tls_stream final : public stream {
 public:
  tls_stream(boost::asio::ip::tcp::socket socket, std::shared_ptr<const tls_context> context,
             std::string peer)
      : context_(std::move(context)),
        stream_(std::move(socket), context_->native()),
        peer_(std::move(peer)) {}

  /// The client's handshake, once, before anything else. `host` is what the certificate must name,
  /// unless the context says otherwise.
  task<void> handshake(std::string host);

  task<std::size_t> read_some(std::span<std::byte> into) override;
  task<void> write(std::span<const std::byte> bytes) override;
  task<void> wait_readable() override;
  bool quiet() override;
  task<void> close() override;
  void abort() noexcept override;
  const std::string& peer() const override { return peer_; }

 private:
  error failed(const boost::system::error_code& failure, const char* where);

  std::shared_ptr<const tls_context> context_;
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream_;
  std::string peer_;
};

}  // namespace helenus::net
