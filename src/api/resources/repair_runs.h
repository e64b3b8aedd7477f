#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/message.h"

namespace helenus::api {

// The resources under /repair_run. Each answers one route of api/routes.cc.
task<http::response> get_repair_runs(services& with, const http::request& asked);
task<http::response> get_cluster_runs(services& with, const http::request& asked);
task<http::response> get_repair_run(services& with, const http::request& asked);
task<http::response> post_repair_run(services& with, const http::request& asked);
task<http::response> put_run_state(services& with, const http::request& asked);
task<http::response> put_run_intensity(services& with, const http::request& asked);
task<http::response> delete_repair_run(services& with, const http::request& asked);
task<http::response> post_purge(services& with, const http::request& asked);

/// The run whose id is the first parameter of the path. errc::not_a_uuid, errc::unknown.
task<repair::run_report> find_run(services& with, const http::request& asked);

}  // namespace helenus::api
