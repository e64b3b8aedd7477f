#include "app/commands/argument_rule.h"

#include "base/clean_text.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace helenus::app {
namespace {

/// The whole text as a number; nothing when it is none or out of the type's range.
template <class Number>
std::optional<Number> to_number(std::string_view text) {
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string wrong_text(const std::string& given) {
  if (given.empty()) return "the value is empty";
  if (!base::is_clean_text(given)) return "the value is not UTF-8 text on one line";
  return {};
}

std::string wrong_whole_number(const std::string& given, std::int64_t least, std::int64_t most) {
  const bool octal = given.size() > 1 && given.front() == '0';  // to some readers
  const auto value = octal ? std::nullopt : to_number<std::int64_t>(given);
  if (value && *value >= least && *value <= most) return {};
  return "a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
         " is accepted";
}

std::string wrong_share(const std::string& given) {
  const auto value = to_number<double>(given);
  if (value && *value > 0 && *value <= 1) return {};  // not-a-number is neither
  return "a number above 0 and at most 1 is accepted";
}

}  // namespace helenus::app
