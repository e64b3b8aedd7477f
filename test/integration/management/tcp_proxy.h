#pragma once

#include "base/task.h"
#include "base/task_group.h"
#include "net/endpoint.h"

#include <boost/asio/ip/tcp.hpp>

#include <list>
#include <memory>

namespace helenus::test {

/// Forwards TCP connections to one server, until they are cut.
class tcp_proxy {
 public:
  /// Listens on 127.0.0.1 and `port`.
  tcp_proxy(boost::asio::any_io_executor executor, std::uint16_t port, net::endpoint server);

  /// Accepts and forwards until cancelled.
  task<void> run();
  /// Ends every connection at once, as a broken network does.
  void cut();
  std::size_t accepted() const { return accepted_; }

 private:
  using socket = boost::asio::ip::tcp::socket;
  struct pair {
    explicit pair(const boost::asio::any_io_executor& executor)
        : client(executor), server(executor) {}
    socket client, server;
  };
  task<void> forward(std::shared_ptr<pair> both);

  boost::asio::any_io_executor executor_;
  boost::asio::ip::tcp::endpoint server_;
  boost::asio::ip::tcp::acceptor acceptor_;
  base::task_group connections_;
  std::list<std::weak_ptr<pair>> pairs_;
  std::size_t accepted_ = 0;
};

/// A port of 127.0.0.1 that was free a moment ago.
std::uint16_t unused_port();

}  // namespace helenus::test
