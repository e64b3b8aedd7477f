#pragma once

#include "api/services.h"
#include "http/router.h"

namespace helenus::api {

/// Adds THE table of REST routes. `current` points to a pointer that is set whenever a route that
/// needs a complete start is called; both outlive the router.
void add_routes(http::router& to, services* const& current);

}  // namespace helenus::api
