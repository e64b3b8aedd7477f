#include "api/requests/parameters.h"

#include "api/errc.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace helenus::api {
namespace {

constexpr std::string_view blanks = " \t";

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? char(letter + 32) : letter; }

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

std::string_view stripped(std::string_view text, std::string_view of) {
  const auto first = text.find_first_not_of(of);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(of) - first + 1);
}

}  // namespace

std::optional<std::string> optional_text(const http::parameters& from, std::string_view name) {
  const auto value = from.first(name);
  if (!value || stripped(*value, blanks).empty()) return std::nullopt;
  return std::string(*value);
}

result<std::string> required_text(const http::parameters& from, std::string_view name) {
  if (auto value = optional_text(from, name)) return std::move(*value);
  return error{errc::bad_parameter, "the query parameter " + std::string(name) + " is required"};
}

result<std::optional<std::int32_t>> optional_integer(const http::parameters& from,
                                                     std::string_view name) {
  const auto text = optional_text(from, name);
  if (!text) return std::optional<std::int32_t>{};
  std::int32_t value = 0;
  const auto* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return errc::not_an_integer;
  return std::optional(value);
}

result<bool> strict_flag(const http::parameters& from, std::string_view name, bool otherwise) {
  const auto text = optional_text(from, name);
  if (!text) return otherwise;
  const auto value = lower_case(*text);
  if (value == "true") return true;
  if (value == "false") return false;
  return error{errc::bad_parameter, "the query parameter " + std::string(name) + " is \"" + *text +
                                        "\"; true and false are accepted"};
}

bool lenient_flag(const http::parameters& from, std::string_view name) {
  return lower_case(from.first(name).value_or("")) == "true";
}

std::set<std::string> comma_list(std::string_view text) {
  std::set<std::string> items;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    const auto item = stripped(text.substr(0, end), " ()[]\"'");
    if (!item.empty()) items.emplace(item);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

std::set<std::string> comma_list(const http::parameters& from, std::string_view name) {
  return comma_list(from.first(name).value_or(""));
}

result<base::uuid> parse_lenient_uuid(std::string_view text) {
  constexpr std::array<std::size_t, 5> widths{8, 4, 4, 4, 12};
  std::string full;
  auto rest = text;
  for (std::size_t group = 0; group < widths.size(); ++group) {
    const bool last = group + 1 == widths.size();
    const auto end = last ? rest.size() : rest.find('-');
    if (end == std::string_view::npos || end == 0 || end > widths[group]) return errc::not_a_uuid;
    if (group > 0) full += '-';
    full.append(widths[group] - end, '0').append(rest.substr(0, end));
    rest.remove_prefix(last ? end : end + 1);
  }
  auto parsed = base::uuid::parse(full);
  if (!parsed) return errc::not_a_uuid;
  return parsed;
}

}  // namespace helenus::api
