#include "jmx/remote/object_name.h"

#include "base/assert.h"
#include "jmx/errc.h"
#include "jmx/object/escape.h"
#include "jmx/object/serialized_form.h"

#include <algorithm>

namespace helenus::jmx {
namespace {

constexpr std::size_t most_name_bytes = 65535;

error bad_name(std::string_view text, const char* why) {
  constexpr std::size_t most = 200;
  return {errc::invalid_name, "not an ObjectName: " + escape(text, most) + " (" + why + ")"};
}

bool is_quoted(std::string_view value) { return value.starts_with('"'); }

// The end of the value that begins at `at`; npos when its quotes are not closed or an escape in it
// is none.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != '"') return std::min(text.find(',', at), text.size());
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] != '\\') continue;
    ++at;
    if (at >= text.size() || std::string_view("\\\"*?n").find(text[at]) == std::string_view::npos) {
      break;
    }
  }
  return std::string_view::npos;
}

// Whether a value or a domain holds a wildcard that is not escaped.
bool has_wildcard(std::string_view text, bool quoted) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '*' || text[i] == '?') {
      return true;
    }
  }
  return false;
}

// Whether `text` is meant by `pattern`; in quotes a backslash makes the next character stand for
// itself. Linear in memory, at worst the product of both lengths in time.
bool wild_match(std::string_view pattern, std::string_view text, bool quoted) {
  constexpr auto none = std::string_view::npos;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = none;
  std::size_t retry = 0;
  bool literal = false;  // pattern[p] follows a backslash
  while (t < text.size()) {
    const bool wild = p < pattern.size() && !literal;
    if (wild && pattern[p] == '*') {
      star = ++p;
      retry = t;
      continue;
    }
    if (p < pattern.size() && ((wild && pattern[p] == '?') || pattern[p] == text[t])) {
      literal = wild && quoted && pattern[p] == '\\';
      ++p;
      ++t;
      continue;
    }
    if (star == none) return false;
    p = star;
    t = ++retry;
    literal = false;
  }
  while (p < pattern.size() && pattern[p] == '*' && !literal) ++p;
  return p == pattern.size();
}

}  // namespace

result<object_name> object_name::parse(std::string_view text) {
  if (text.size() > most_name_bytes) return bad_name(text, "it is too long");
  if (text.find('\n') != std::string_view::npos) return bad_name(text, "it contains a newline");
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return bad_name(text, "the domain must end with a colon");
  object_name name;
  name.text_ = text;
  name.domain_ = text.substr(0, colon);
  std::size_t at = colon + 1;
  while (true) {
    if (at >= text.size()) return bad_name(text, "a key is missing");
    if (text[at] == '*' && (at + 1 == text.size() || text[at + 1] == ',')) {
      if (name.more_keys_) return bad_name(text, "it has two wildcards for further keys");
      name.more_keys_ = true;
      ++at;
    } else {
      const auto equals = text.find_first_of("=,:*?\"", at);
      if (equals == std::string_view::npos || text[equals] != '=' || equals == at) {
        return bad_name(text, "each key needs a name and a value");
      }
      const auto end = end_of_value(text, equals + 1);
      if (end == std::string_view::npos) return bad_name(text, "a quoted value is not closed");
      const auto key = text.substr(at, equals - at);
      const auto value = text.substr(equals + 1, end - equals - 1);
      if (!is_quoted(value) && value.find_first_of("=:\"") != std::string_view::npos) {
        return bad_name(text, "a value needs quotes");
      }
      const auto same = [key](const auto& known) { return known.first == key; };
      if (std::any_of(name.keys_.begin(), name.keys_.end(), same)) {
        return bad_name(text, "a key is repeated");
      }
      name.keys_.emplace_back(key, value);
      at = end;
    }
    if (at == text.size()) return name;
    if (text[at] != ',') return bad_name(text, "a comma is missing after a quoted value");
    ++at;
  }
}

object_name object_name::literal(std::string_view text) {
  auto name = parse(text);
  HELENUS_ASSERT(name.has_value());
  return std::move(*name);
}

result<object_name> object_name::read(const value& from) {
  constexpr std::string_view class_name = "javax.management.ObjectName";
  if (!from.is_a(class_name)) return wrong_type(class_name, from);
  const auto text = content_cursor(from, class_name).next();
  if (!text) return error{errc::malformed, "an ObjectName without its text"};
  TRY(name, text->as_string());
  return parse(name);
}

std::string object_name::value_of(std::string_view key) const {
  for (const auto& [name, value] : keys_) {
    if (name != key) continue;
    if (!is_quoted(value)) return value;
    const auto raw = unquote_name_value(value);
    return raw ? *raw : value;  // a pattern in quotes has no raw form
  }
  return {};
}

std::string object_name::canonical() const {
  auto sorted = keys_;
  std::sort(sorted.begin(), sorted.end());
  if (more_keys_) sorted.emplace_back("*", "");
  auto text = domain_ + ":";
  for (const auto& [key, value] : sorted) {
    if (text.size() > domain_.size() + 1) text += ',';
    text += key;
    if (key != "*") text += '=' + value;
  }
  return text;
}

bool object_name::is_pattern() const {
  return more_keys_ || has_wildcard(domain_, false) ||
         std::any_of(keys_.begin(), keys_.end(), [](const auto& entry) {
           return has_wildcard(entry.second, is_quoted(entry.second));
         });
}

bool object_name::matches(const object_name& name) const {
  if (!wild_match(domain_, name.domain_, false)) return false;
  if (!more_keys_ && keys_.size() != name.keys_.size()) return false;
  return std::all_of(keys_.begin(), keys_.end(), [&name](const auto& wanted) {
    const auto found =
        std::find_if(name.keys_.begin(), name.keys_.end(),
                     [&wanted](const auto& entry) { return entry.first == wanted.first; });
    return found != name.keys_.end() &&
           wild_match(wanted.second, found->second, is_quoted(wanted.second));
  });
}

std::string quote_name_value(std::string_view raw) {
  std::string quoted = "\"";
  for (const char character : raw) {
    if (character == '\n') {
      quoted += "\\n";
      continue;
    }
    if (std::string_view("\\\"*?").find(character) != std::string_view::npos) quoted += '\\';
    quoted += character;
  }
  return quoted + '"';
}

result<std::string> unquote_name_value(std::string_view quoted) {
  if (quoted.size() < 2 || quoted.front() != '"' || end_of_value(quoted, 0) != quoted.size()) {
    return bad_name(quoted, "not a quoted value");
  }
  std::string raw;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '\\') {
      ++i;
      raw += quoted[i] == 'n' ? '\n' : quoted[i];
    } else if (quoted[i] == '*' || quoted[i] == '?' || quoted[i] == '\n') {
      return bad_name(quoted, "a character in quotes needs a backslash");
    } else {
      raw += quoted[i];
    }
  }
  return raw;
}

}  // namespace helenus::jmx
