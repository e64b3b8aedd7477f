#pragma once

#include "app/access.h"
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
  /// Has `backend` use renewed logins and certificates, until it is cancelled. None: there are
  /// none.
  std::function<task<void>()> keep_renewed;
};

/// Opens the storage that the settings name, with what `way_in` gives; it must outlive the storage.
/// One of the two places that name implementations of the seam; errors are those of storage::errc.
task<opened_storage> make_storage(boost::asio::any_io_executor executor, base::clock& clock,
                                  config::storage_settings settings, access& way_in);

/// The embedded storage in this file; without one, in memory. The errors are the same.
task<std::unique_ptr<storage::backend>> open_state_file(std::filesystem::path file);

/// How Cassandra storage is reached by these settings.
storage::cassandra::cassandra_options cassandra_options_of(
    const config::cassandra_settings& settings, storage_access with);

}  // namespace helenus::app
