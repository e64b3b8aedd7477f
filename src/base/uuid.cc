#include "base/uuid.h"

#include <random>

namespace helenus::base {
namespace {

// 100 ns units between the start of the Gregorian calendar (1582-10-15) and 1970-01-01.
constexpr std::uint64_t gregorian_offset = 0x01B21DD213814000ULL;

int digit(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return -1;
}

bool is_dash_place(std::size_t index) {
  return index == 8 || index == 13 || index == 18 || index == 23;
}

}  // namespace

result<uuid> uuid::parse(std::string_view text) {
  error bad{errc::invalid_argument,
            "not a UUID: expected 36 characters such as "
            "123e4567-e89b-12d3-a456-426614174000"};
  if (text.size() != 36) return bad;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t count = 0;
  for (std::size_t index = 0; index < text.size();) {
    if (is_dash_place(index)) {
      if (text[index] != '-') return bad;
      ++index;
      continue;
    }
    const int high = digit(text[index]);
    const int low = digit(text[index + 1]);
    if (high < 0 || low < 0) return bad;
    bytes[count++] = static_cast<std::uint8_t>(high * 16 + low);
    index += 2;
  }
  return uuid(bytes);
}

std::string uuid::to_string() const {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (const auto byte : bytes_) {
    if (is_dash_place(text.size())) text += '-';
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::uint64_t uuid::timestamp() const {
  if (version() != 1) return 0;
  const auto at = [this](int index) {
    return std::uint64_t{bytes_[static_cast<std::size_t>(index)]};
  };
  const std::uint64_t low = at(0) << 24 | at(1) << 16 | at(2) << 8 | at(3);
  const std::uint64_t middle = at(4) << 8 | at(5);
  const std::uint64_t high = (at(6) & 0x0F) << 8 | at(7);
  return high << 48 | middle << 32 | low;
}

std::uint64_t random_bits() {
  static thread_local std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

uuid_source::uuid_source() : uuid_source(random_bits()) {}

uuid_source::uuid_source(std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  node_and_sequence_ = generator();
}

uuid uuid_source::next(clock::wall_time now) {
  const auto units = static_cast<std::uint64_t>(now.time_since_epoch().count()) * 10'000;
  last_ = std::max(units + gregorian_offset, last_ + 1);
  std::array<std::uint8_t, 16> bytes{};
  const auto put = [&bytes](int index, std::uint64_t value) {
    bytes[static_cast<std::size_t>(index)] = static_cast<std::uint8_t>(value);
  };
  for (int index = 0; index < 4; ++index) put(index, last_ >> (24 - 8 * index));
  put(4, last_ >> 40);
  put(5, last_ >> 32);
  put(6, (last_ >> 56 & 0x0F) | 0x10);
  put(7, last_ >> 48);
  for (int index = 0; index < 8; ++index) put(8 + index, node_and_sequence_ >> (56 - 8 * index));
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  bytes[10] |= 1;  // multicast bit: the node is random, not a network card
  return uuid(bytes);
}

}  // namespace helenus::base
