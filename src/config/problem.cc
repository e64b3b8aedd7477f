#include "config/problem.h"

namespace helenus::config {

std::string to_text(const std::string& file, const std::vector<problem>& problems) {
  std::string text;
  for (const auto& wrong : problems) {
    text += file;
    if (wrong.line > 0) text += ":" + std::to_string(wrong.line);
    if (!wrong.key.empty()) text += ": " + wrong.key;
    if (!wrong.value.empty()) text += ": \"" + wrong.value + "\"";
    text += ": " + wrong.accepted + "\n";
  }
  return text;
}

}  // namespace helenus::config
