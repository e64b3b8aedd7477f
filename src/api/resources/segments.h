#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/message.h"

namespace helenus::api {

// The resources under /repair_run/{id}/segments. Each answers one route of api/routes.cc.
task<http::response> get_segments(services& with, const http::request& asked);
task<http::response> abort_segment(services& with, const http::request& asked);

}  // namespace helenus::api
