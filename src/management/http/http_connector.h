#pragma once

#include "base/clock.h"
#include "management/http/options.h"
#include "management/link/node_calls.h"
#include "management/node_connector.h"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <vector>

namespace helenus::management::http {

/// Talks to nodes through their management API. The clock must outlive what is made; close_all()
/// must have ended before it is destroyed.
std::unique_ptr<node_connector> make_connector(boost::asio::any_io_executor executor,
                                               base::clock& clock, http_management_options options);

/// Connects as `options` say. The clock must outlive the dialer and its connections.
std::unique_ptr<link::node_dialer> make_http_dialer(boost::asio::any_io_executor executor,
                                                    base::clock& clock,
                                                    http_management_options options);

/// The first of the addresses of one name behind which a node says who it is: of pods that are not
/// ready the API answers before their Cassandra runs. One alone is not asked. Error: of the last.
task<std::shared_ptr<link::node_calls>> first_that_runs(
    std::vector<std::shared_ptr<link::node_calls>> addresses);

/// Where the management API of a node is. Pure.
link::node_target target_of(const http_management_options& options, const model::cluster& cluster,
                            const model::node_address& address);

}  // namespace helenus::management::http
