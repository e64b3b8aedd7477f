#include "http/server.h"

#include "base/log.h"
#include "http/connection.h"

namespace helenus::http {

using namespace std::chrono_literals;

// The wait after accept() failed, mostly because no file descriptor is free.
constexpr auto accept_pause = 100ms;

server::server(boost::asio::any_io_executor executor, base::clock& clock, net::listener listener,
               server_options options, request_handler handler, certificate_source certificates)
    : clock_(clock),
      listener_(std::move(listener)),
      options_(options),
      handler_(std::move(handler)),
      certificates_(std::move(certificates)),
      group_(std::move(executor)) {}

server::~server() = default;

task<void> server::run() {
  group_.spawn("accept on " + address(), accept_loop());
  co_return co_await group_.join();
}

void server::drain() {
  draining_ = true;
  listener_.close();
  for (auto& open : connections_) open.stop_if_idle();
}

task<void> server::accept_loop() {
  while (!draining_) {
    auto socket = co_await listener_.accept();
    if (draining_) break;
    if (!socket) {
      base::log_warn("http", "a connection could not be accepted",
                     {{"port", std::to_string(port())}, {"error", socket.error().message()}});
      co_await clock_.sleep_for(accept_pause);
      continue;
    }
    if (connections_.size() >= options_.max_connections) {
      connection::refuse(std::move(*socket));
      continue;
    }
    connections_.emplace_back(std::move(*socket), clock_, options_, handler_, certificates_,
                              draining_);
    group_.spawn("connection", serve(std::prev(connections_.end())));
  }
  co_return result<void>{};
}

task<void> server::serve(std::list<connection>::iterator accepted) {
  co_await base::finally(accepted->serve(), [this, accepted]() -> task<void> {
    connections_.erase(accepted);
    co_return result<void>{};
  });
  co_return result<void>{};
}

}  // namespace helenus::http
