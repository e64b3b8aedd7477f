#include "fuzz/management/api_answer.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  helenus::management::http::fuzz::read_api_answer({reinterpret_cast<const char*>(data), size});
  return 0;
}
