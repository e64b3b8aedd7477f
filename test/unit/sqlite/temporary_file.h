#pragma once

#include "base/assert.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace helenus::sqlite {

/// A path in a folder of its own, which is removed with everything in it.
class temporary_file {
 public:
  temporary_file() {
    std::string pattern = std::filesystem::temp_directory_path() / "helenus-sqlite-XXXXXX";
    HELENUS_ASSERT(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
  }
  ~temporary_file() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  std::filesystem::path path() const { return folder_ / "test.db"; }

 private:
  std::filesystem::path folder_;
};

}  // namespace helenus::sqlite
