#pragma once

#include "base/task.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>

namespace helenus::net {

/// Where to listen.
struct listen_options {
  std::string host = "0.0.0.0";  ///< an address of this machine, or a name that resolves to one
  std::uint16_t port = 0;        ///< 0: the system chooses a free one
};

/// A bound TCP port that hands out connections.
class listener {
 public:
  /// Binds and listens at once. The error names the address and port that could not be had.
  static result<listener> open(boost::asio::any_io_executor executor, const listen_options& where);

  /// The next connection, with Nagle's delay off. An error is of the system (too many open files,
  /// a peer that left early): wait a little and call again, unless is_open() became false.
  task<boost::asio::ip::tcp::socket> accept();
  /// Stops listening; a pending accept() ends with an error.
  void close();
  bool is_open() const { return acceptor_.is_open(); }

  std::uint16_t port() const { return port_; }
  /// "0.0.0.0:8080" or "[::]:8080".
  const std::string& address() const { return address_; }

 private:
  explicit listener(boost::asio::ip::tcp::acceptor acceptor);

  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::string address_;
};

}  // namespace helenus::net
