#pragma once

#include "base/clock.h"
#include "base/event.h"
#include "base/task.h"
#include "base/task_group.h"
#include "http/message.h"
#include "http/server_options.h"
#include "net/listener.h"
#include "net/tls_context.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace helenus::http {

class connection;

/// Answers one request whose target was decoded. The request lives until the task ends. An error is
/// answered with a bare 500: make a response of what the client should know.
using request_handler = std::function<task<response>(request&)>;

/// The certificates for the next connection. Without good ones it is closed.
using certificate_source = std::function<task<std::shared_ptr<const net::tls_context>>()>;

/// An HTTP/1.1 server on one port, under TLS when it has a source of certificates. Connections are
/// kept alive; requests that a client sends ahead wait in its socket until the one before is
/// answered.
class server {
 public:
  server(boost::asio::any_io_executor executor, base::clock& clock, net::listener listener,
         server_options options, request_handler handler, certificate_source certificates = {});
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Serves until drain() was called and the last connection ended. Cancellation cuts connections.
  task<void> run();
  /// Stops listening, ends idle connections, lets running requests be answered.
  void drain();

  std::uint16_t port() const { return listener_.port(); }
  const std::string& address() const { return listener_.address(); }
  std::size_t connection_count() const { return connections_.size(); }

 private:
  task<void> accept_loop();
  task<void> serve(std::list<connection>::iterator accepted);

  base::clock& clock_;
  net::listener listener_;
  server_options options_;
  request_handler handler_;
  certificate_source certificates_;
  base::task_group group_;
  std::list<connection> connections_;
  bool draining_ = false;
};

}  // namespace helenus::http
