#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/message.h"

namespace helenus::api {

/// GET /reaper/datacenterAvailability: how this instance may reach nodes.
task<http::response> get_datacenter_availability(services& with, const http::request& asked);

}  // namespace helenus::api
