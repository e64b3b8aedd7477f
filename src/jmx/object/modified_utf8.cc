#include "jmx/object/modified_utf8.h"

#include "jmx/errc.h"

#include <cstdint>

namespace helenus::jmx {
namespace {

constexpr std::uint32_t replacement = 0xfffd;

bool is_high(std::uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(std::uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

template <class Put>
void encode_utf8(std::uint32_t point, Put put) {
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | point >> 6);
    put(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3f));
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  }
}

struct unit {
  std::uint32_t value;
  std::size_t size;  // 0: malformed
};

// One UTF-16 unit of modified UTF-8.
unit read_unit(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0;
  };
  const auto lead = byte(0);
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  if (lead < 0x80) return {lead, 1};
  if ((lead & 0xe0) == 0xc0 && follows(1)) return {(lead & 0x1f) << 6 | (byte(1) & 0x3f), 2};
  if ((lead & 0xf0) == 0xe0 && follows(1) && follows(2)) {
    return {(lead & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f), 3};
  }
  return {0, 0};
}

// One code point of strict UTF-8; malformed input gives U+FFFD for one byte.
unit read_point(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t size = lead < 0x80   ? 1
                           : lead < 0xc2 ? 0
                           : lead < 0xe0 ? 2
                           : lead < 0xf0 ? 3
                           : lead < 0xf5 ? 4
                                         : 0;
  if (size == 0 || at + size > text.size()) return {replacement, 1};
  constexpr std::uint32_t lead_mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  std::uint32_t point = lead & lead_mask[size];
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xc0) != 0x80) return {replacement, 1};
    point = point << 6 | (next & 0x3fU);
  }
  if (point < smallest[size] || point > 0x10ffff || is_high(point) || is_low(point)) {
    return {replacement, 1};
  }
  return {point, size};
}

}  // namespace

result<std::size_t> decode_modified_utf8(char* bytes, std::size_t size) {
  const std::string_view input(bytes, size);
  std::size_t out = 0;
  const auto put = [&](std::uint32_t byte) { bytes[out++] = static_cast<char>(byte); };
  for (std::size_t at = 0; at < size;) {
    auto [point, length] = read_unit(input, at);
    if (length == 0) return error{errc::malformed, "a string is not modified UTF-8"};
    at += length;
    if (is_high(point) && at < size) {
      const auto [low, low_length] = read_unit(input, at);
      if (low_length != 0 && is_low(low)) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        at += low_length;
      }
    }
    if (is_high(point) || is_low(point)) point = replacement;
    // Never longer than what was read, so writing stays behind reading.
    encode_utf8(point, put);
  }
  return out;
}

result<std::string> from_modified_utf8(std::string_view bytes) {
  std::string text(bytes);
  TRY(size, decode_modified_utf8(text.data(), text.size()));
  text.resize(size);
  return text;
}

std::string to_modified_utf8(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  const auto put = [&](std::uint32_t byte) { bytes.push_back(static_cast<char>(byte)); };
  for (std::size_t at = 0; at < text.size();) {
    const auto [point, length] = read_point(text, at);
    at += length;
    if (point == 0) {
      put(0xc0);
      put(0x80);
    } else if (point < 0x10000) {
      encode_utf8(point, put);
    } else {
      encode_utf8(0xd800 + ((point - 0x10000) >> 10), put);
      encode_utf8(0xdc00 + ((point - 0x10000) & 0x3ff), put);
    }
  }
  return bytes;
}

}  // namespace helenus::jmx
