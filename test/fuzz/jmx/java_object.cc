#include "fuzz/jmx/java_object.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  helenus::jmx::fuzz::read_java_object({reinterpret_cast<const char*>(data), size});
  return 0;
}
