#include "fuzz/jmx/jrmp.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  helenus::jmx::fuzz::talk_jrmp({reinterpret_cast<const char*>(data), size});
  return 0;
}
