#include "fuzz/management/metrics_text.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  helenus::management::http::fuzz::read_metrics({reinterpret_cast<const char*>(data), size});
  return 0;
}
