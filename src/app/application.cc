#include "app/application.h"

#include "app/health.h"
#include "app/process_routes.h"
#include "base/log.h"
#include "metrics/process_metrics.h"

namespace helenus::app {

using namespace std::chrono_literals;

namespace {

// For requests that run when the ports are closed; they have no work behind them any more.
constexpr auto last_requests = 2s;

http::dispatch_hooks make_hooks(const startup& process) {
  return {
      .ready = [&process] { return process.is_ready(); },
      .not_ready = [&process] { return not_ready_response(process.status()); },
      .failed = [](const error&) { return http::error_response(500); },
  };
}

}  // namespace

application::application(boost::asio::any_io_executor executor, base::clock& clock,
                         config::settings settings, const std::string& version)
    : executor_(executor),
      clock_(clock),
      settings_(std::move(settings)),
      startup_(executor, clock, make_steps(), settings_.start_retry),
      application_dispatcher_(application_routes_, make_hooks(startup_)),
      admin_dispatcher_(admin_routes_, make_hooks(startup_)),
      servers_(executor) {
  metrics::add_process_metrics(metrics_, version);
  add_process_routes(application_routes_, admin_routes_, startup_, clock_, metrics_);
}

application::~application() = default;

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
  TRY(application_port, net::listener::open(executor_, settings_.application.listen));
  TRY(admin_port, net::listener::open(executor_, settings_.admin.listen));
  application_server_.emplace(
      executor_, clock_, std::move(application_port), settings_.application.limits,
      [this](http::request& asked) { return application_dispatcher_.answer(asked); });
  admin_server_.emplace(executor_, clock_, std::move(admin_port), settings_.admin.limits,
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
