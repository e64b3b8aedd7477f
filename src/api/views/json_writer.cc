#include "api/views/json_writer.h"

#include "base/assert.h"

#include <array>
#include <charconv>

namespace helenus::api {
namespace {

bool must_be_escaped(char letter) {
  return (letter == '"') | (letter == '\\') | (static_cast<unsigned char>(letter) < 0x20);
}

/// How many letters come before the first that must be escaped. Nearly all texts are plain, so
/// whole pieces are looked at, without a branch for each letter.
std::size_t plain_length(std::string_view text) {
  constexpr std::size_t piece = 16;
  std::size_t length = 0;
  for (; length + piece <= text.size(); length += piece) {
    bool found = false;
    for (std::size_t at = 0; at < piece; ++at) found |= must_be_escaped(text[length + at]);
    if (found) break;
  }
  while (length < text.size() && !must_be_escaped(text[length])) ++length;
  return length;
}

}  // namespace

void json_writer::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

json_writer& json_writer::begin_object() {
  separate();
  out_ += '{';
  first_ = true;
  return *this;
}

json_writer& json_writer::end_object() {
  out_ += '}';
  first_ = false;
  return *this;
}

json_writer& json_writer::begin_array() {
  separate();
  out_ += '[';
  first_ = true;
  return *this;
}

json_writer& json_writer::end_array() {
  out_ += ']';
  first_ = false;
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  text(name);
  out_ += ':';
  first_ = true;
  return *this;
}

json_writer& json_writer::text(std::string_view value) {
  constexpr char hex[] = "0123456789abcdef";
  separate();
  out_ += '"';
  while (true) {
    const auto plain = plain_length(value);
    out_ += value.substr(0, plain);
    value.remove_prefix(plain);
    if (value.empty()) break;
    const auto byte = static_cast<unsigned char>(value.front());
    out_ += '\\';
    if (byte >= 0x20) {
      out_ += value.front();
    } else {
      out_ += "u00";
      out_ += hex[byte >> 4];
      out_ += hex[byte & 15];
    }
    value.remove_prefix(1);
  }
  out_ += '"';
  return *this;
}

json_writer& json_writer::flag(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

json_writer& json_writer::integer(std::int64_t value) { return digits(std::to_string(value)); }

json_writer& json_writer::digits(std::string_view decimal) {
  separate();
  out_ += decimal;
  return *this;
}

json_writer& json_writer::number(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  HELENUS_ASSERT(end.ec == std::errc{} && value - value == 0);  // JSON has no infinity
  const std::string_view shown(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  digits(shown);
  if (shown.find_first_of(".e") == std::string_view::npos) out_ += ".0";
  return *this;
}

json_writer& json_writer::null() {
  separate();
  out_ += "null";
  return *this;
}

}  // namespace helenus::api
