#include "cql/bytes.h"

#include <algorithm>

namespace helenus::cql {

void put_number(std::string& out, std::uint64_t number, std::size_t size) {
  for (std::size_t left = size; left > 0; --left)
    out.push_back(static_cast<char>(number >> (8 * (left - 1))));
}

void put_bytes(std::string& out, std::string_view bytes) {
  put_number(out, bytes.size(), 4);
  out += bytes;
}

void put_string(std::string& out, std::string_view text) {
  const auto kept = text.substr(0, 0xFFFF);
  put_number(out, kept.size(), 2);
  out += kept;
}

result<std::string_view> byte_reader::take(std::size_t size) {
  if (size > rest_.size())
    return error{errc::malformed,
                 "it ends " + std::to_string(size - rest_.size()) + " bytes before a value does"};
  const auto taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

result<std::uint64_t> byte_reader::number(std::size_t size) {
  TRY(bytes, take(size));
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

result<std::int32_t> byte_reader::integer() {
  TRY(value, number(4));
  return static_cast<std::int32_t>(value);
}

result<std::size_t> byte_reader::count(std::size_t least) {
  TRY(value, integer());
  if (value < 0 || static_cast<std::size_t>(value) > rest_.size() / least)
    return error{errc::malformed, "it announces " + std::to_string(value) + " values in " +
                                      std::to_string(rest_.size()) + " bytes"};
  return static_cast<std::size_t>(value);
}

result<std::string_view> byte_reader::string() {
  TRY(size, number(2));
  return take(size);
}

}  // namespace helenus::cql
