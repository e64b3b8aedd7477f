#pragma once

#include "storage/cassandra/requests.h"

#include <boost/asio/any_io_executor.hpp>

#include <string>

namespace helenus::storage::cassandra {

/// Whether the role may read and write all tables that the stores work on, by statements that
/// change nothing. Better now than when a run begins. Errors: unavailable, which names the
/// permission.
task<void> check_permissions(boost::asio::any_io_executor executor, requests& ask,
                             std::string keyspace);

}  // namespace helenus::storage::cassandra
