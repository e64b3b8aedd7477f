#pragma once

#include "base/task.h"
#include "storage/backend.h"

#include <filesystem>
#include <memory>

namespace helenus::app {

/// Where state is kept.
struct storage_choice {
  std::filesystem::path file;  ///< of the embedded storage; empty: in memory, lost at the end
};

/// Opens the storage. One of the two places that name implementations of the seam; errors are those
/// of storage::errc.
task<std::unique_ptr<storage::backend>> make_storage(storage_choice choice);

}  // namespace helenus::app
