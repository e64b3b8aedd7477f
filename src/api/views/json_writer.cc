#include "api/views/json_writer.h"

#include "base/assert.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace helenus::api {
namespace {

bool must_be_escaped(char letter) {
  return letter == '"' || letter == '\\' || static_cast<unsigned char>(letter) < 0x20;
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
    // Nearly all texts are plain: they are copied as a whole.
    const auto plain = std::find_if(value.begin(), value.end(), must_be_escaped) - value.begin();
    out_ += value.substr(0, static_cast<std::size_t>(plain));
    value.remove_prefix(static_cast<std::size_t>(plain));
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
