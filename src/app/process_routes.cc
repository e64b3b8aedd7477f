#include "app/process_routes.h"

#include "app/health.h"

namespace helenus::app {

using http::availability;
using http::method;

namespace {

using answer = std::function<http::response(const http::request&)>;

void add(http::router& to, method verb, const char* path, const char* produces, answer make) {
  to.add({verb, path, availability::always, produces,
          [make = std::move(make)](const http::request& asked) -> task<http::response> {
            co_return make(asked);
          }});
}

void add_health_routes(http::router& to, const startup& process, const base::clock& clock,
                       const std::function<startup_status()>& shown, bool ready_at_once) {
  const auto add_probe = [&](const char* path, auto* respond) {
    add(to, method::get, path, "", [&process, respond](const http::request& asked) {
      return respond(process.status(), asked);
    });
  };
  add_probe("/livez", livez_response);
  add_probe("/startupz", startupz_response);
  add(to, method::get, "/readyz", "", [&process, ready_at_once](const http::request& asked) {
    return readyz_response(process.status(), asked, ready_at_once);
  });
  add(to, method::get, "/status", "",
      [shown, &clock](const auto&) { return status_response(shown(), clock.wall_now()); });
  add(to, method::get, "/healthcheck", "", [&process, &clock](const http::request& asked) {
    return healthcheck_response(process.status(), asked, clock.wall_now());
  });
}

task<http::response> ping(const startup& process, storage_check& storage) {
  if (!process.is_ready()) co_return ping_response(process.status(), {});
  const auto asked = co_await storage.ask();
  co_return ping_response(process.status(), asked);
}

}  // namespace

void add_process_routes(http::router& application_port, http::router& admin_port,
                        const startup& process, const base::clock& clock,
                        metrics::registry& metrics, storage_check& storage,
                        const std::function<startup_status()>& shown, bool ready_at_once) {
  add_health_routes(application_port, process, clock, shown, ready_at_once);
  add_health_routes(admin_port, process, clock, shown, ready_at_once);
  application_port.add(
      {method::get, "/ping", availability::always, "text/plain",
       [&process, &storage](const http::request&) { return ping(process, storage); }});
  add(admin_port, method::get, "/", "", [](const auto&) { return admin_menu(); });
  add(admin_port, method::get, "/ping", "text/plain", [](const auto&) {
    return http::response{.status = 200, .content_type = "text/plain", .body = "pong\n"};
  });
  const answer exposition = [&metrics](const http::request& asked) {
    return http::response{.status = 200,
                          .content_type = std::string(metrics::text_content_type),
                          .body = metrics.text(asked.target.query.all("name[]"))};
  };
  add(admin_port, method::get, "/metrics", "", exposition);
  add(admin_port, method::get, "/prometheusMetrics", "", exposition);
  add(admin_port, method::post, "/prometheusMetrics", "", exposition);
}

}  // namespace helenus::app
