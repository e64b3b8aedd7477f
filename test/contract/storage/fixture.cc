#include "contract/storage/fixture.h"

#include "base/assert.h"
#include "contract/storage/cassandra.h"
#include "storage/memory/backend.h"
#include "storage/sqlite/backend.h"

#include <cstdlib>
#include <system_error>

namespace helenus::storage::test {

temporary_folder::temporary_folder() {
  std::string pattern = std::filesystem::temp_directory_path() / "helenus-storage-XXXXXX";
  HELENUS_ASSERT(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::vector<implementation> implementations() {
  std::vector<implementation> all{
      {"memory",
       [](std::filesystem::path) -> task<std::unique_ptr<backend>> {
         co_return std::make_unique<memory::backend>();
       }},
      {"sqlite",
       [](std::filesystem::path folder) { return sqlite::open({.file = folder / "helenus.db"}); }},
  };
  if (has_cassandra()) all.push_back({"cassandra", open_cassandra});
  return all;
}

std::vector<implementation> shared_implementations() {
  static base::virtual_clock time;
  std::vector<implementation> all{
      {"memory",
       [](std::filesystem::path) -> task<std::unique_ptr<backend>> {
         co_return std::make_unique<memory::backend>(time);
       },
       &time},
  };
  if (has_cassandra()) all.push_back({"cassandra", open_cassandra});
  return all;
}

segment_counts counted(const std::vector<model::repair_segment>& segments) {
  segment_counts counts;
  for (const auto& segment : segments) counts.add(segment.state, segment.fail_count);
  return counts;
}

}  // namespace helenus::storage::test
