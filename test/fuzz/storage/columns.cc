#include "fuzz/storage/columns.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  helenus::storage::sqlite::fuzz::parse_columns({reinterpret_cast<const char*>(data), size});
  return 0;
}
