#include "model/token.h"

#include <algorithm>

namespace helenus::model {
namespace {

constexpr std::string_view murmur3_name = "org.apache.cassandra.dht.Murmur3Partitioner";
constexpr std::string_view random_name = "org.apache.cassandra.dht.RandomPartitioner";
constexpr uint128 one = 1;

std::string_view without_package(std::string_view class_name) {
  const auto dot = class_name.rfind('.');
  return dot == std::string_view::npos ? class_name : class_name.substr(dot + 1);
}

}  // namespace

result<partitioner> parse_partitioner(std::string_view class_name) {
  const auto name = without_package(class_name);
  if (name == without_package(murmur3_name)) return partitioner::murmur3;
  if (name == without_package(random_name)) return partitioner::random;
  return error{base::errc::invalid_argument,
               "partitioner '" + std::string(class_name) +
                   "' is not supported; Murmur3Partitioner and RandomPartitioner are"};
}

std::string_view to_string(partitioner kind) {
  return kind == partitioner::murmur3 ? murmur3_name : random_name;
}

token minimum_token(partitioner kind) {
  return token(kind == partitioner::murmur3 ? -(int128{1} << 63) : int128{0});
}

token maximum_token(partitioner kind) {
  return token(kind == partitioner::murmur3 ? (int128{1} << 63) - 1
                                            : static_cast<int128>((one << 127) - 1));
}

uint128 ring_size(partitioner kind) {
  return kind == partitioner::murmur3 ? one << 64 : one << 127;
}

result<token> token::parse(std::string_view text, partitioner kind) {
  const auto bad = [&] {
    return error{base::errc::invalid_argument,
                 "'" + std::string(text.substr(0, 50)) + "' is not a token of " +
                     std::string(without_package(model::to_string(kind))) +
                     ": expected a whole number from " + minimum_token(kind).to_string() + " to " +
                     maximum_token(kind).to_string()};
  };
  const bool negative = !text.empty() && text.front() == '-';
  const auto digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || digits.size() > 39) return bad();
  uint128 magnitude = 0;
  for (const char character : digits) {
    if (character < '0' || character > '9') return bad();
    const auto next = magnitude * 10 + static_cast<unsigned>(character - '0');
    if (next / 10 != magnitude) return bad();  // more than 128 bits
    magnitude = next;
  }
  if (magnitude >> 127 != 0) return bad();
  const auto value = negative ? -static_cast<int128>(magnitude) : static_cast<int128>(magnitude);
  if (value < minimum_token(kind).value() || value > maximum_token(kind).value()) return bad();
  return token(value);
}

std::string token::to_string() const {
  auto magnitude = value_ < 0 ? -static_cast<uint128>(value_) : static_cast<uint128>(value_);
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(magnitude % 10));
    magnitude /= 10;
  } while (magnitude != 0);
  if (value_ < 0) text += '-';
  std::reverse(text.begin(), text.end());
  return text;
}

}  // namespace helenus::model
