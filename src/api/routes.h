#pragma once

#include "api/services.h"
#include "http/router.h"

namespace helenus::api {

/// Adds THE table of REST routes. `current` points to a pointer that is set whenever a route that
/// needs a complete start is called; both outlive the router. With access control every route asks
/// it first.
void add_routes(http::router& to, services* const& current);
/// Adds POST /login, which only is there when logins are asked for. As add_routes().
void add_login_route(http::router& to, services* const& current);

}  // namespace helenus::api
