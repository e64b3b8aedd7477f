#include "app/make_storage.h"

#include "storage/memory/backend.h"
#include "storage/sqlite/backend.h"

#include <utility>

namespace helenus::app {

task<std::unique_ptr<storage::backend>> make_storage(storage_choice choice) {
  if (choice.file.empty()) {
    std::unique_ptr<storage::backend> memory = std::make_unique<storage::memory::backend>();
    co_return memory;
  }
  co_return co_await storage::sqlite::open({.file = std::move(choice.file)});
}

}  // namespace helenus::app
