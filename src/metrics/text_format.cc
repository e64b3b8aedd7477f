#include "metrics/text_format.h"

#include "base/assert.h"

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

std::string_view to_text(metric_kind kind) {
  switch (kind) {
    case metric_kind::counter:
      return "counter";
    case metric_kind::gauge:
      return "gauge";
    case metric_kind::summary:
      return "summary";
  }
  HELENUS_ASSERT(false);
}

}  // namespace

void write_heading(std::string& out, std::string_view name, std::string_view help,
                   metric_kind kind) {
  out.append("# HELP ").append(name).append(" ").append(escaped(help, false));
  out.append("\n# TYPE ").append(name).append(" ").append(to_text(kind)).append("\n");
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

void write_summary(std::string& out, const std::string& name, const labels& with,
                   const summary& values) {
  for (const double share : {0.5, 0.75, 0.95, 0.98, 0.99, 0.999}) {
    auto of_share = with;
    of_share.emplace("quantile", number(share));
    write_sample(out, name, of_share, values.quantile(share));
  }
  write_sample(out, name + "_count", with, static_cast<double>(values.count()));
  write_sample(out, name + "_sum", with, values.sum());
}

}  // namespace helenus::metrics
