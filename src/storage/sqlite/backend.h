#pragma once

#include "storage/backend.h"
#include "storage/sqlite/sqlite_options.h"

#include <memory>

namespace helenus::storage::sqlite {

/// Opens the file, takes it for this process, checks it and brings its schema up to date.
/// Errors: busy (another process has it), read_only, full, corrupt, foreign, newer_schema,
/// unavailable. Each names the file and what to do.
task<std::unique_ptr<storage::backend>> open(sqlite_options options);

}  // namespace helenus::storage::sqlite
