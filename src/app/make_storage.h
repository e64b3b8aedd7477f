#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "config/settings.h"
#include "storage/backend.h"
#include "storage/cassandra/cassandra_options.h"

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <functional>
#include <memory>

namespace helenus::app {

/// Storage that was opened, and what has to be done before it is used.
struct opened_storage {
  std::unique_ptr<storage::backend> backend;
  /// Brings the schema to its version, or waits for somebody who does. Uses `backend`.
  std::function<task<void>()> bring_schema;
};

/// Opens the storage that the settings name; files of certificates and passwords are read anew.
/// One of the two places that name implementations of the seam; errors are those of storage::errc.
task<opened_storage> make_storage(boost::asio::any_io_executor executor, base::clock& clock,
                                  config::storage_settings settings);

/// The embedded storage in this file; without one, in memory. The errors are the same.
task<std::unique_ptr<storage::backend>> open_state_file(std::filesystem::path file);

/// How Cassandra storage is reached by these settings. Blocks: reads files.
result<storage::cassandra::cassandra_options> cassandra_options_of(
    const config::cassandra_settings& settings);

}  // namespace helenus::app
