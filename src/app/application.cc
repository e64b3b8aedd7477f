#include "app/application.h"

#include "app/health.h"
#include "base/log.h"

namespace helenus::app {

using http::availability;
using http::method;
using namespace std::chrono_literals;

namespace {

// For requests that run when the ports are closed; they have no work behind them any more.
constexpr auto last_requests = 2s;

http::route_handler answer_with(std::function<http::response(const http::request&)> make) {
  return [make = std::move(make)](const http::request& asked) -> task<http::response> {
    co_return make(asked);
  };
}

http::dispatch_hooks make_hooks(const startup& process) {
  return {
      .ready = [&process] { return process.is_ready(); },
      .not_ready = [&process] { return not_ready_response(process.status()); },
      .failed = [](const error&) { return http::error_response(500); },
  };
}

}  // namespace

application::application(boost::asio::any_io_executor executor, base::clock& clock,
                         application_options options)
    : executor_(executor),
      clock_(clock),
      options_(std::move(options)),
      startup_(executor, clock, make_steps(), options_.start_retry),
      application_dispatcher_(application_routes_, make_hooks(startup_)),
      admin_dispatcher_(admin_routes_, make_hooks(startup_)),
      servers_(executor) {
  add_health_routes(application_routes_);
  add_health_routes(admin_routes_);
  application_routes_.add(
      {method::get, "/ping", availability::always, "text/plain",
       answer_with([this](const http::request&) { return ping_response(startup_.status()); })});
  admin_routes_.add({method::get, "/ping", availability::always, "text/plain",
                     answer_with([](const http::request&) {
                       return http::response{
                           .status = 200, .content_type = "text/plain", .body = "pong\n"};
                     })});
}

application::~application() = default;

void application::add_health_routes(http::router& router) {
  const auto add = [&router](const char* path,
                             std::function<http::response(const http::request&)> make) {
    router.add({method::get, path, availability::always, "", answer_with(std::move(make))});
  };
  add("/live", [](const http::request&) { return live_response(); });
  add("/ready", [this](const http::request&) { return ready_response(startup_.status()); });
  add("/status", [this](const http::request&) {
    return status_response(startup_.status(), clock_.wall_now());
  });
  add("/healthcheck", [this](const http::request& asked) {
    return healthcheck_response(startup_.status(), asked, clock_.wall_now());
  });
}

startup_steps application::make_steps() {
  const auto nothing = []() -> task<void> { co_return result<void>{}; };
  return {
      .listen = [this] { return listen(); },
      .open_storage = nothing,
      .migrate = nothing,
      .join = nothing,
      .recover = nothing,
      .drain = nothing,
  };
}

result<void> application::listen() {
  TRY(application_port, net::listener::open(executor_, options_.application.listen));
  TRY(admin_port, net::listener::open(executor_, options_.admin.listen));
  application_server_.emplace(
      executor_, clock_, std::move(application_port), options_.application.limits,
      [this](http::request& asked) { return application_dispatcher_.answer(asked); });
  admin_server_.emplace(executor_, clock_, std::move(admin_port), options_.admin.limits,
                        [this](http::request& asked) { return admin_dispatcher_.answer(asked); });
  servers_.spawn("application port", application_server_->run());
  servers_.spawn("admin port", admin_server_->run());
  base::log_info(
      "app", "listening",
      {{"application", application_server_->address()}, {"admin", admin_server_->address()}});
  return {};
}

task<int> application::run() {
  co_return co_await base::finally(startup_.run(), [this] { return end_servers(); });
}

task<void> application::end_servers() {
  if (application_server_) application_server_->drain();
  if (admin_server_) admin_server_->drain();
  co_await base::with_timeout(clock_, servers_.join(), last_requests, "the last requests");
  servers_.cancel();
  co_return co_await servers_.join();
}

}  // namespace helenus::app
