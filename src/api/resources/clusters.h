#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/message.h"

namespace helenus::api {

// The resources under /cluster. Each answers one route of api/routes.cc.
task<http::response> get_clusters(services& with, const http::request& asked);
task<http::response> get_cluster(services& with, const http::request& asked);
task<http::response> get_cluster_tables(services& with, const http::request& asked);
task<http::response> post_cluster(services& with, const http::request& asked);
task<http::response> put_cluster(services& with, const http::request& asked);
task<http::response> post_cluster_auth(services& with, const http::request& asked);
task<http::response> put_cluster_auth(services& with, const http::request& asked);
task<http::response> delete_cluster(services& with, const http::request& asked);

/// The registered cluster of that name, as written or as a symbolic name; errc::unknown otherwise.
task<model::cluster> find_cluster(services& with, std::string name);

}  // namespace helenus::api
