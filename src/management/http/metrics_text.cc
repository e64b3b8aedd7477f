#include "management/http/metrics_text.h"

#include <charconv>
#include <cmath>

namespace helenus::management::http {
namespace {

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

void skip_blanks(std::string_view& text) {
  const auto begin = text.find_first_not_of(" \t");
  text.remove_prefix(begin == std::string_view::npos ? text.size() : begin);
}

/// What stands between quotes, with \\, \" and \n.
std::optional<std::string> take_quoted(std::string_view& text) {
  if (!take(text, '"')) return std::nullopt;
  std::string value;
  while (!text.empty()) {
    const char letter = text.front();
    text.remove_prefix(1);
    if (letter == '"') return value;
    if (letter != '\\') {
      value += letter;
      continue;
    }
    if (text.empty()) break;
    value += text.front() == 'n' ? '\n' : text.front();
    text.remove_prefix(1);
  }
  return std::nullopt;
}

/// Reads "{name="value",...}" or nothing; whether the wanted label is there. None: not readable.
std::optional<bool> take_labels(std::string_view& text, const std::optional<wanted_label>& with) {
  bool found = !with;
  if (!take(text, '{')) return found;
  for (;;) {
    skip_blanks(text);
    if (take(text, '}')) return found;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto name = text.substr(0, text.find_first_of(" \t="));
    text.remove_prefix(equals + 1);
    skip_blanks(text);
    const auto value = take_quoted(text);
    if (!value) return std::nullopt;
    if (with && name == with->name && *value == with->value) found = true;
    skip_blanks(text);
    take(text, ',');
  }
}

std::optional<double> take_value(std::string_view text) {
  skip_blanks(text);
  take(text, '+');
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

std::optional<double> sum_of(std::string_view text, std::string_view metric,
                             std::optional<wanted_label> with) {
  std::optional<double> sum;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.starts_with(metric)) continue;
    line.remove_prefix(metric.size());
    if (line.empty() || (line.front() != '{' && line.front() != ' ' && line.front() != '\t')) {
      continue;  // the name goes on: another metric
    }
    skip_blanks(line);
    const auto matches = take_labels(line, with);
    if (!matches || !*matches) continue;
    if (const auto value = take_value(line)) sum = sum.value_or(0) + *value;
  }
  return sum;
}

}  // namespace helenus::management::http
