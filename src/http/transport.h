#pragma once

#include "net/tls_context.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace helenus::http {

/// The bytes of one accepted connection, plain or under TLS: what Beast calls an AsyncStream.
/// Internal to the server; does not move.
class transport {
 public:
  using socket_type = boost::asio::ip::tcp::socket;
  using executor_type = socket_type::executor_type;

  explicit transport(socket_type socket) : socket_(std::move(socket)) {}
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  socket_type& socket() { return socket_; }
  bool is_secure() const { return secure_.has_value(); }

  /// From here on bytes go under TLS; a handshake has to come first.
  void secure(std::shared_ptr<const net::tls_context> with) {
    context_ = std::move(with);
    secure_.emplace(socket_, context_->native());
  }
  template <class Token>
  auto async_handshake(Token&& token) {
    return secure_->async_handshake(boost::asio::ssl::stream_base::server,
                                    std::forward<Token>(token));
  }
  /// Says goodbye under TLS.
  template <class Token>
  auto async_shutdown(Token&& token) {
    return secure_->async_shutdown(std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_read_some(const Buffers& into, Token&& token) {
    if (secure_) return secure_->async_read_some(into, std::forward<Token>(token));
    return socket_.async_read_some(into, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& from, Token&& token) {
    if (secure_) return secure_->async_write_some(from, std::forward<Token>(token));
    return socket_.async_write_some(from, std::forward<Token>(token));
  }

 private:
  socket_type socket_;
  std::shared_ptr<const net::tls_context> context_;
  std::optional<boost::asio::ssl::stream<socket_type&>> secure_;
};

}  // namespace helenus::http
