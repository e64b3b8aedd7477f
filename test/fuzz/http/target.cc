// Request targets and forms: what parses is clean text, and encoding a segment is undone by
// parsing.
#include "http/target.h"

#include "base/assert.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace http = helenus::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(http::parse_parameters(text));
  const auto parsed = http::parse_target(text);
  if (!parsed) return 0;
  HELENUS_ASSERT(parsed->query.size() <= http::max_parameters);
  for (const auto& segment : parsed->path) {
    if (segment.empty()) continue;
    const auto again = http::parse_target("/" + http::percent_encode(segment));
    HELENUS_ASSERT(again && again->path.size() == 1 && again->path.front() == segment);
  }
  return 0;
}
