#pragma once

#include "net/stream.h"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>

namespace helenus::net {

/// A connected TCP socket as a stream.
class tcp_stream final : public stream {
 public:
  tcp_stream(boost::asio::ip::tcp::socket socket, std::string peer)
      : socket_(std::move(socket)), peer_(std::move(peer)) {}

  task<std::size_t> read_some(std::span<std::byte> into) override;
  task<void> write(std::span<const std::byte> bytes) override;
  task<void> wait_readable() override;
  bool quiet() override;
  task<void> close() override;
  void abort() noexcept override;
  const std::string& peer() const override { return peer_; }

 private:
  boost::asio::ip::tcp::socket socket_;
  std::string peer_;
};

/// What a failed read or write of a socket means: an error of net::errc.
error socket_error(const boost::system::error_code& failure);
/// What a failed attempt to connect means: an error of net::errc.
error connect_error(const boost::system::error_code& failure);

/// Whether `socket` has neither bytes nor the end of the stream to read.
bool is_quiet(boost::asio::ip::tcp::socket& socket);

}  // namespace helenus::net
