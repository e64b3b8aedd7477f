#pragma once

#include "base/clock.h"
#include "management/jmx/options.h"
#include "management/node_connector.h"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace helenus::app {

/// How nodes are talked to. The clock must outlive what is made; close_all() must have ended before
/// it is destroyed.
std::unique_ptr<management::node_connector> make_management(
    boost::asio::any_io_executor executor, base::clock& clock,
    management::jmx::jmx_management_options options);

}  // namespace helenus::app
