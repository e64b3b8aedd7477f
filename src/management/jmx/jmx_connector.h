#pragma once

#include "base/clock.h"
#include "management/jmx/options.h"
#include "management/link/node_calls.h"
#include "management/node_connector.h"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace helenus::management::jmx {

/// Talks to nodes by JMX. The clock must outlive what is made; close_all() must have ended before
/// it is destroyed.
std::unique_ptr<node_connector> make_connector(boost::asio::any_io_executor executor,
                                               base::clock& clock, jmx_management_options options);

/// Where a node of a cluster is reached, and what decides as whom.
link::node_target target_of(const jmx_management_options& options, const model::cluster& cluster,
                            const model::node_address& address);

}  // namespace helenus::management::jmx
