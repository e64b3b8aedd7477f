#include "metrics/text_format.h"

#include <array>
#include <charconv>
#include <cmath>

namespace helenus::metrics {
namespace {

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), end.ptr};
}

std::string escaped(std::string_view text, bool in_quotes) {
  std::string safe;
  for (const char letter : text) {
    if (letter == '\\') {
      safe += "\\\\";
    } else if (letter == '\n') {
      safe += "\\n";
    } else if (letter == '"' && in_quotes) {
      safe += "\\\"";
    } else {
      safe += letter;
    }
  }
  return safe;
}

}  // namespace

void write_heading(std::string& out, std::string_view name, std::string_view help,
                   metric_kind kind) {
  out.append("# HELP ").append(name).append(" ").append(escaped(help, false));
  out.append("\n# TYPE ").append(name);
  out.append(kind == metric_kind::counter ? " counter\n" : " gauge\n");
}

void write_sample(std::string& out, std::string_view name, const labels& with, double value) {
  out += name;
  if (!with.empty()) {
    out += '{';
    for (const auto& [label, text] : with) out += label + "=\"" + escaped(text, true) + "\",";
    out += '}';
  }
  out += " " + number(value) + "\n";
}

}  // namespace helenus::metrics
