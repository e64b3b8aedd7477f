#include "fuzz/jmx/object_name.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  helenus::jmx::fuzz::parse_object_name({reinterpret_cast<const char*>(data), size});
  return 0;
}
