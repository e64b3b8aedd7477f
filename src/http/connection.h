#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "http/server.h"
#include "http/transport.h"

namespace helenus::http {

/// One accepted connection: requests one after the other. Internal to the server, which owns it.
class connection {
 public:
  /// All references must outlive it; `draining` may become true at any time.
  connection(boost::asio::ip::tcp::socket socket, base::clock& clock, const server_options& options,
             const request_handler& handler, const certificate_source& certificates,
             const bool& draining);

  /// Ends when the connection is over, for whatever reason; never an error.
  task<void> serve();
  /// Ends the wait for a next request, if that is what it does now.
  void stop_if_idle();
  /// Answers 503 without reading and closes; does not wait. Under TLS this is no answer that a
  /// client understands, but for a handshake there is no room.
  static void refuse(boost::asio::ip::tcp::socket socket);

 private:
  struct stream;  // Beast's buffer and parser, kept out of this header

  task<void> secure();
  task<void> wait_for_bytes(stream& from);
  task<request> read_request(stream& from);
  task<response> make_response(request& incoming);
  task<void> write(response answer, bool head_only, bool keep_alive, unsigned http_version);
  task<void> close_gracefully();

  transport transport_;
  base::clock& clock_;
  const server_options& options_;
  const request_handler& handler_;
  const certificate_source& certificates_;
  const bool& draining_;
  bool idle_ = false;
};

}  // namespace helenus::http
