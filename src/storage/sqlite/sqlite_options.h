#pragma once

#include <chrono>
#include <filesystem>

namespace helenus::storage::sqlite {

/// The embedded storage: one file.
struct sqlite_options {
  std::filesystem::path file;  ///< made when it does not exist; its folder must exist
  /// At most so long is the file checked when it is opened. A check that was not finished is
  /// logged.
  std::chrono::milliseconds integrity_check_limit{2000};
  int page_cache_kib = 1024;
};

}  // namespace helenus::storage::sqlite
