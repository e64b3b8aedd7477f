#include "config/scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

namespace helenus::config {
namespace {

using std::chrono::milliseconds;

char upper(char letter) { return letter >= 'a' && letter <= 'z' ? char(letter - 32) : letter; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The number at the front; it is removed from `text`.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (failure != std::errc{} || value < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<milliseconds> to_milliseconds(double value) {
  constexpr double largest = 1e15;  // 30,000 years: the sum of a few stays in range
  if (!(value <= largest)) return std::nullopt;
  return milliseconds(std::llround(value));
}

constexpr double second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

std::optional<milliseconds> parse_iso_duration(std::string_view text) {
  text.remove_prefix(1);  // the P
  bool in_time = false;
  bool any = false;
  double total = 0;
  while (!text.empty()) {
    if (upper(text.front()) == 'T' && !in_time) {
      in_time = true;
      text.remove_prefix(1);
      continue;
    }
    const auto value = take_number(text);
    if (!value || text.empty()) return std::nullopt;
    const char unit = upper(text.front());
    text.remove_prefix(1);
    if (!in_time && unit == 'D')
      total += *value * day;
    else if (in_time && unit == 'H')
      total += *value * hour;
    else if (in_time && unit == 'M')
      total += *value * minute;
    else if (in_time && unit == 'S')
      total += *value * second;
    else
      return std::nullopt;
    any = true;
  }
  if (!any) return std::nullopt;
  return to_milliseconds(total);
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  text = trimmed(text);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  text = trimmed(text);
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<bool> parse_boolean(std::string_view text) {
  const auto name = enumeration_name(text);
  if (name == "TRUE") return true;
  if (name == "FALSE") return false;
  return std::nullopt;
}

std::optional<milliseconds> parse_duration(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && upper(text.front()) == 'P') return parse_iso_duration(text);
  const auto value = take_number(text);
  if (!value) return std::nullopt;
  constexpr std::array<std::pair<std::string_view, double>, 24> units{{
      {"ns", 1e-6},       {"nanosecond", 1e-6},  {"nanoseconds", 1e-6},
      {"us", 1e-3},       {"microsecond", 1e-3}, {"microseconds", 1e-3},
      {"ms", 1},          {"millisecond", 1},    {"milliseconds", 1},
      {"s", second},      {"second", second},    {"seconds", second},
      {"m", minute},      {"min", minute},       {"mins", minute},
      {"minute", minute}, {"minutes", minute},   {"h", hour},
      {"hour", hour},     {"hours", hour},       {"d", day},
      {"day", day},       {"days", day},         {"sec", second},
  }};
  const auto unit = trimmed(text);
  for (const auto& [name, factor] : units) {
    if (name == unit) return to_milliseconds(*value * factor);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  text = trimmed(text);
  const auto value = take_number(text);
  if (!value) return std::nullopt;
  constexpr std::array<std::pair<std::string_view, double>, 11> units{{
      {"", 1},
      {"B", 1},
      {"BYTES", 1},
      {"KB", 1e3},
      {"K", 1024},
      {"KIB", 1024},
      {"MB", 1e6},
      {"MIB", 1024.0 * 1024},
      {"GB", 1e9},
      {"GIB", 1024.0 * 1024 * 1024},
      {"BYTE", 1},
  }};
  const auto unit = enumeration_name(text);
  for (const auto& [name, factor] : units) {
    if (name == unit && *value * factor < 1e15) return static_cast<std::uint64_t>(*value * factor);
  }
  return std::nullopt;
}

std::string enumeration_name(std::string_view text) {
  std::string name;
  for (const char letter : trimmed(text)) {
    name += letter == '-' || letter == '.' ? '_' : upper(letter);
  }
  return name;
}

std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const auto replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace helenus::config
