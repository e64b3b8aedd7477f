#include "app/application.h"

#include "api/problem.h"
#include "api/routes.h"
#include "app/access.h"
#include "app/health.h"
#include "app/process_routes.h"
#include "app/storage_metrics.h"
#include "base/blocking_pool.h"
#include "base/log.h"
#include "metrics/process_metrics.h"
#include "storage/errc.h"

namespace helenus::app {

namespace {

/// Clients that wait for what is not there read the same of it before the process is ready and
/// after.
http::response failed_response(const startup& process, const error& failure) {
  auto answer = api::to_response(failure);
  if (answer.status == 503 && failure.code.category() == storage::category()) {
    answer.body = not_ready_response(without_storage(process.status(), failure.message())).body;
  }
  return answer;
}

http::dispatch_hooks make_hooks(const startup& process, bool cross_origin) {
  return {
      .cross_origin = cross_origin,
      .ready = [&process] { return process.is_ready(); },
      .not_ready = [&process] { return not_ready_response(process.status()); },
      .failed = [&process](const error& failure) { return failed_response(process, failure); },
  };
}

/// Whether what was opened and routed at the start holds.
bool are_same_ports(const config::settings& left, const config::settings& right) {
  const auto same = [](const config::port_settings& one, const config::port_settings& other) {
    return one.listen.host == other.listen.host && one.listen.port == other.listen.port &&
           one.tls.has_value() == other.tls.has_value();
  };
  return same(left.application, right.application) && same(left.admin, right.admin) &&
         left.access.has_value() == right.access.has_value();
}

using which_port = config::port_settings config::settings::*;

std::optional<certificates> make_certificates(const config::settings& settings, which_port which) {
  if (!(settings.*which).tls) return std::nullopt;
  return std::optional<certificates>(
      std::in_place, settings,
      [which](const config::settings& now) -> const auto& { return (now.*which).tls; });
}

}  // namespace

application::port::port(boost::asio::any_io_executor executor, base::clock& clock,
                        net::listener listener, const config::settings& settings,
                        config::port_settings config::settings::* which,
                        const http::dispatcher& routes)
    : own_certificates(make_certificates(settings, which)),
      server(
          executor, clock, std::move(listener), (settings.*which).limits,
          [&routes](http::request& asked) { return routes.answer(asked); },
          own_certificates
              ? http::certificate_source([this] { return own_certificates->current(); })
              : http::certificate_source()),
      group(executor) {
  group.spawn("port " + server.address(), server.run());
}

task<void> application::port::check() {
  if (!own_certificates) co_return result<void>{};
  auto found = co_await own_certificates->current();
  if (!found) co_return base::with_context(std::move(found).error(), "port " + server.address());
  co_return result<void>{};
}

task<void> application::port::end(base::clock& clock, base::clock::duration limit) {
  server.drain();
  co_await base::with_timeout(clock, group.join(), limit, "the last requests");
  group.cancel();
  co_return co_await group.join();
}

application::application(boost::asio::any_io_executor executor, base::clock& clock,
                         config::settings settings, const std::string& version)
    : executor_(executor),
      clock_(clock),
      settings_(std::move(settings)),
      rules_(rules_of(settings_)),
      host_(executor, clock, settings_, rules_, metrics_),
      storage_check_(clock, [this] { return host_.ask_storage(); }),
      startup_(executor, clock, make_steps(), rules_.start_retry),
      application_dispatcher_(application_routes_, make_hooks(startup_, settings_.cross_origin)),
      admin_dispatcher_(admin_routes_, make_hooks(startup_, false)) {
  metrics::add_process_metrics(metrics_, version);
  add_storage_metrics(metrics_, host_);
  metrics_.before_exposition([this] { host_.update_metrics(); });
  add_process_routes(
      application_routes_, admin_routes_, startup_, clock_, metrics_, storage_check_,
      [this] { return shown_status(); }, rules_.ready_at_once);
  api::add_routes(application_routes_, host_.services());
  if (settings_.access) api::add_login_route(application_routes_, host_.services());
}

application::~application() = default;

startup_status application::shown_status() const {
  auto now = startup_.status();
  const auto trouble = host_.storage_trouble();
  if (now.state != startup_state::ready || !trouble) return now;
  return without_storage(std::move(now), trouble->detail);
}

startup_steps application::make_steps() {
  return {
      .listen = [this] { return listen(); },
      .open_storage = [this] { return open_storage(); },
      .migrate = [this] { return host_.bring_schema(); },
      .join = [this] { return host_.join(); },
      .recover = [this] { return host_.start(); },
      .drain = [this] { return drain(); },
  };
}

result<void> application::listen() {
  TRY(application_listener, net::listener::open(executor_, settings_.application.listen));
  TRY(admin_listener, net::listener::open(executor_, settings_.admin.listen));
  application_port_.emplace(executor_, clock_, std::move(application_listener), settings_,
                            &config::settings::application, application_dispatcher_);
  admin_port_.emplace(executor_, clock_, std::move(admin_listener), settings_,
                      &config::settings::admin, admin_dispatcher_);
  base::log_info("app", "listening",
                 {{"application", application_port_->server.address()},
                  {"admin", admin_port_->server.address()}});
  return {};
}

task<void> application::complete_settings() {
  if (settings_.missing_secrets.empty()) co_return result<void>{};
  base::blocking_pool reading(1);
  CO_TRY(now, co_await reading.run([from = *settings_.origin] { return read_again(from); }));
  // JAVA_OPTS may come late as well, and hold any key.
  if (!are_same_ports(now, settings_)) {
    co_return error{base::errc::invalid_argument,
                    "a secret has arrived that asks for other ports or for logins: the process has "
                    "to be started again"};
  }
  settings_ = std::move(now);
  co_return result<void>{};
}

/// Before anything else: a port that nobody can talk to is no service. It is told by the others.
task<void> application::open_storage() {
  CO_TRY_VOID(co_await complete_settings());
  CO_TRY_VOID(co_await application_port_->check());
  CO_TRY_VOID(co_await admin_port_->check());
  co_return co_await host_.open_storage();
}

task<void> application::drain() {
  // Both ports answer meanwhile: what is being waited for can be asked.
  co_return co_await host_.stop_engine();
}

task<int> application::run() {
  co_return co_await base::finally(startup_.run(), [this] { return end_everything(); });
}

task<void> application::end_everything() {
  if (application_port_) co_await application_port_->end(clock_, rules_.shutdown.requests);
  co_await host_.close();  // no request uses it any more
  if (admin_port_) co_await admin_port_->end(clock_, rules_.shutdown.requests);
  co_return result<void>{};
}

}  // namespace helenus::app
