#include "http/target.h"

#include "base/clean_text.h"
#include "http/errc.h"

#include <algorithm>

namespace helenus::http {
namespace {

int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

/// `what` names the text in errors.
result<std::string> decode(std::string_view text, bool plus_is_space, const std::string& what) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return error{errc::bad_target, "a % in " + what + " is not followed by two hex digits"};
      }
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (!base::is_clean_text(decoded)) {
    return error{errc::bad_target, what + " contains control characters or is not UTF-8"};
  }
  return decoded;
}

/// Removes "http://host:port" of the absolute form.
std::string_view without_authority(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (text.starts_with('/') || scheme_end == std::string_view::npos) return text;
  const auto path = text.find_first_of("/?", scheme_end + 3);
  return path == std::string_view::npos ? std::string_view("/") : text.substr(path);
}

}  // namespace

std::optional<std::string_view> parameters::first(std::string_view name) const {
  const auto found = std::find_if(values_.begin(), values_.end(),
                                  [name](const auto& value) { return value.first == name; });
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> parameters::all(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [known, value] : values_) {
    if (known == name) found.push_back(value);
  }
  return found;
}

std::vector<std::string> parameters::names() const {
  std::vector<std::string> found;
  found.reserve(values_.size());
  for (const auto& [name, value] : values_) found.push_back(name);
  return found;
}

void parameters::add(std::string name, std::string value) {
  values_.emplace_back(std::move(name), std::move(value));
}

result<parameters> parse_parameters(std::string_view text) {
  parameters parsed;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.empty()) continue;
    if (parsed.size() == max_parameters) {
      return error{errc::bad_target, "more than " + std::to_string(max_parameters) + " parameters"};
    }
    const auto equals = std::min(item.find('='), item.size());
    TRY(name, decode(item.substr(0, equals), true, "the name of a parameter"));
    TRY(value,
        decode(item.substr(std::min(equals + 1, item.size())), true, "the parameter " + name));
    parsed.add(std::move(name), std::move(value));
  }
  return parsed;
}

result<target> parse_target(std::string_view text) {
  text = without_authority(text);
  text = text.substr(0, text.find('#'));
  if (text == "*") text = "/";
  const auto question = std::min(text.find('?'), text.size());
  auto path = text.substr(0, question);
  if (!path.empty() && !path.starts_with('/')) {
    return error{errc::bad_target, "the path of the request does not begin with /"};
  }
  target parsed;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto end = std::min(path.find('/'), path.size());
    const bool trailing_slash = end == 0 && end == path.size();
    if (!trailing_slash) {
      TRY(segment, decode(path.substr(0, end), false, "the path of the request"));
      parsed.path.push_back(std::move(segment));
    }
    path.remove_prefix(end);
  }
  TRY(query, parse_parameters(text.substr(std::min(question + 1, text.size()))));
  parsed.query = std::move(query);
  return parsed;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view plain = "-._~";
  constexpr char digits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char character : text) {
    const bool alphanumeric = (character >= '0' && character <= '9') ||
                              (character >= 'a' && character <= 'z') ||
                              (character >= 'A' && character <= 'Z');
    if (alphanumeric || plain.find(character) != std::string_view::npos) {
      encoded += character;
    } else {
      const auto byte = static_cast<std::uint8_t>(character);
      encoded += '%';
      encoded += digits[byte >> 4];
      encoded += digits[byte & 15];
    }
  }
  return encoded;
}

}  // namespace helenus::http
