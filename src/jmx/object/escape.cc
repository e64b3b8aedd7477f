#include "jmx/object/escape.h"

namespace helenus::jmx {

std::string escape(std::string_view text, std::size_t most) {
  constexpr char hex[] = "0123456789abcdef";
  std::string safe;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    const bool continues = (byte & 0xc0) == 0x80;
    if (safe.size() >= most && !continues) return safe + "...";
    if (byte == '\n') {
      safe += "\\n";
    } else if (byte == '\t') {
      safe += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      safe += "\\x";
      safe += hex[byte >> 4];
      safe += hex[byte & 15];
    } else if (byte == 0xc2 && next < 0xa0) {
      safe += "\\x";  // U+0080 to U+009f, which terminals obey too
      safe += hex[next >> 4 & 15];
      safe += hex[next & 15];
      ++i;
    } else {
      safe += text[i];
    }
  }
  return safe;
}

}  // namespace helenus::jmx
