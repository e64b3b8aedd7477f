// Java key stores of the kind JKS, whose format we read ourselves.
#include "net/key_store.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace net = helenus::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(net::read_jks(bytes, helenus::base::secret("changeit")));
  return 0;
}
