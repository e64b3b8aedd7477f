#include "api/routes.h"

#include "api/resources/clusters.h"
#include "api/resources/crypto.h"
#include "api/resources/repair_runs.h"
#include "api/resources/segments.h"
#include "api/resources/status.h"
#include "base/assert.h"

namespace helenus::api {

using http::method;
using enum http::availability;

namespace {

using resource = task<http::response> (*)(services&, const http::request&);

struct row {
  method verb;
  const char* path;
  resource answer;
  http::availability when;
  const char* produces = "application/json";
};

constexpr row table[] = {
    {method::get, "/cluster", get_clusters, when_ready},
    {method::post, "/cluster", post_cluster, when_ready},
    {method::post, "/cluster/auth", post_cluster_auth, when_ready},
    {method::put, "/cluster/auth/{cluster_name}", put_cluster_auth, when_ready},
    {method::get, "/cluster/{cluster_name}", get_cluster, when_ready},
    {method::put, "/cluster/{cluster_name}", put_cluster, when_ready},
    {method::del, "/cluster/{cluster_name}", delete_cluster, when_ready},
    {method::get, "/cluster/{cluster_name}/tables", get_cluster_tables, when_ready},

    {method::get, "/repair_run", get_repair_runs, when_ready},
    {method::post, "/repair_run", post_repair_run, when_ready},
    {method::post, "/repair_run/purge", post_purge, when_ready},
    {method::get, "/repair_run/cluster/{cluster_name}", get_cluster_runs, when_ready},
    {method::get, "/repair_run/{id}", get_repair_run, when_ready},
    {method::del, "/repair_run/{id}", delete_repair_run, when_ready},
    {method::put, "/repair_run/{id}/state/{state}", put_run_state, when_ready},
    {method::put, "/repair_run/{id}/intensity/{intensity}", put_run_intensity, when_ready},
    {method::get, "/repair_run/{id}/segments", get_segments, when_ready},
    {method::post, "/repair_run/{id}/segments/abort/{segment_id}", abort_segment, when_ready},

    {method::get, "/reaper/datacenterAvailability", get_datacenter_availability, when_ready},
    {method::get, "/crypto/encrypt/{text}", get_encrypted, when_ready, "text/plain"},
};

task<http::response> answer_if_allowed(services& with, resource answer,
                                       const http::request& asked) {
  if (with.access) {
    if (auto refusal = with.access->refusal(asked)) co_return std::move(*refusal);
  }
  co_return co_await answer(with, asked);
}

}  // namespace

void add_routes(http::router& to, services* const& current) {
  for (const auto& one : table) {
    to.add({one.verb, one.path, one.when, one.produces,
            [&current, answer = one.answer](const http::request& asked) {
              HELENUS_ASSERT(current != nullptr);
              return answer_if_allowed(*current, answer, asked);
            }});
  }
}

void add_login_route(http::router& to, services* const& current) {
  // Not before the start is complete: the secret that signs tokens may be in storage.
  to.add({method::post, "/login", when_ready, "application/json", [&current](const auto& asked) {
            HELENUS_ASSERT(current != nullptr && current->access != nullptr);
            return current->access->login(asked);
          }});
}

}  // namespace helenus::api
