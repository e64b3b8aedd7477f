// Configuration files: every text is settings or a list of mistakes.
#include "base/assert.h"
#include "config/load.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace config = helenus::config;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto outcome =
      config::parse(text, [](const std::string& name) -> std::optional<std::string> {
        if (name == "A") return "1";
        if (name == "B") return "${A}${B}";
        return std::nullopt;
      });
  if (const auto* wrong = std::get_if<std::vector<config::problem>>(&outcome)) {
    HELENUS_ASSERT(!wrong->empty());
    static_cast<void>(config::to_text("file", *wrong));
  }
  return 0;
}
