#include "cql/codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>

namespace helenus::cql {
namespace {

error wrong_size(std::string_view bytes, std::string_view wanted) {
  return error{errc::malformed, "a value of " + std::to_string(bytes.size()) +
                                    " bytes instead of " + std::string(wanted)};
}

template <class Number>
void put_fixed(std::string& out, Number what) {
  put_number(out, static_cast<std::uint64_t>(what), sizeof(Number));
}

/// The number that the bytes are, which must be as many as it has.
template <class Number>
result<void> take_fixed(std::string_view bytes, Number& what) {
  if (bytes.size() != sizeof(Number)) return wrong_size(bytes, std::to_string(sizeof(Number)));
  TRY(value, byte_reader(bytes).number(sizeof(Number)));
  what = static_cast<Number>(value);
  return {};
}

template <std::size_t Size>
std::array<std::uint8_t, Size> array_of(std::string_view bytes) {
  std::array<std::uint8_t, Size> copied{};
  std::transform(bytes.begin(), bytes.end(), copied.begin(),
                 [](char byte) { return static_cast<std::uint8_t>(byte); });
  return copied;
}

}  // namespace

void encode(std::string& out, bool what) { out.push_back(what ? '\1' : '\0'); }
void encode(std::string& out, std::int8_t what) { put_fixed(out, what); }
void encode(std::string& out, std::int16_t what) { put_fixed(out, what); }
void encode(std::string& out, std::int32_t what) { put_fixed(out, what); }
void encode(std::string& out, std::int64_t what) { put_fixed(out, what); }
void encode(std::string& out, double what) { put_fixed(out, std::bit_cast<std::uint64_t>(what)); }
void encode(std::string& out, float what) { put_fixed(out, std::bit_cast<std::uint32_t>(what)); }
void encode(std::string& out, const std::string& what) { out += what; }
void encode(std::string& out, const base::uuid& what) {
  out.append(what.bytes().begin(), what.bytes().end());
}
void encode(std::string& out, timestamp what) {
  put_fixed(out, std::int64_t{what.time_since_epoch().count()});
}
void encode(std::string& out, const blob& what) { out.append(what.begin(), what.end()); }
void encode(std::string& out, const inet& what) {
  const auto append = [&out](const auto& bytes) { out.append(bytes.begin(), bytes.end()); };
  if (what.is_v4()) return append(what.to_v4().to_bytes());
  append(what.to_v6().to_bytes());
}

// Two's complement in as few bytes as keep the sign, as java.math.BigInteger writes it.
void encode(std::string& out, int128 what) {
  std::size_t size = 1;
  while (size < sizeof(int128) && what >> (8 * size - 1) != 0 && what >> (8 * size - 1) != -1)
    ++size;
  for (std::size_t left = size; left > 0; --left)
    out.push_back(static_cast<char>(what >> (8 * (left - 1))));
}

result<void> decode(std::string_view bytes, bool& what) {
  std::uint8_t byte = 0;
  TRY_VOID(take_fixed(bytes, byte));
  what = byte != 0;
  return {};
}
result<void> decode(std::string_view bytes, std::int8_t& what) { return take_fixed(bytes, what); }
result<void> decode(std::string_view bytes, std::int16_t& what) { return take_fixed(bytes, what); }
result<void> decode(std::string_view bytes, std::int32_t& what) { return take_fixed(bytes, what); }
result<void> decode(std::string_view bytes, std::int64_t& what) { return take_fixed(bytes, what); }

result<void> decode(std::string_view bytes, double& what) {
  std::uint64_t bits = 0;
  TRY_VOID(take_fixed(bytes, bits));
  what = std::bit_cast<double>(bits);
  return {};
}

result<void> decode(std::string_view bytes, float& what) {
  std::uint32_t bits = 0;
  TRY_VOID(take_fixed(bytes, bits));
  what = std::bit_cast<float>(bits);
  return {};
}

result<void> decode(std::string_view bytes, std::string& what) {
  what = bytes;
  return {};
}

result<void> decode(std::string_view bytes, base::uuid& what) {
  if (bytes.size() != 16) return wrong_size(bytes, "16");
  what = base::uuid(array_of<16>(bytes));
  return {};
}

result<void> decode(std::string_view bytes, timestamp& what) {
  std::int64_t milliseconds = 0;
  TRY_VOID(take_fixed(bytes, milliseconds));
  what = timestamp(std::chrono::milliseconds(milliseconds));
  return {};
}

result<void> decode(std::string_view bytes, blob& what) {
  what.assign(bytes.begin(), bytes.end());
  return {};
}

result<void> decode(std::string_view bytes, inet& what) {
  using namespace boost::asio::ip;
  if (bytes.size() == 4)
    what = address_v4(array_of<4>(bytes));
  else if (bytes.size() == 16)
    what = address_v6(array_of<16>(bytes));
  else
    return wrong_size(bytes, "4 or 16");
  return {};
}

result<void> decode(std::string_view bytes, int128& what) {
  if (bytes.empty() || bytes.size() > sizeof(int128)) return wrong_size(bytes, "1 to 16");
  what = static_cast<std::int8_t>(bytes[0]) < 0 ? -1 : 0;
  for (const char byte : bytes) {
    const auto shifted = static_cast<int128>(static_cast<uint128>(what) << 8);
    what = shifted | static_cast<std::uint8_t>(byte);
  }
  return {};
}

}  // namespace helenus::cql
