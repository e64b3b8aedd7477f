#pragma once

#include "base/result.h"

#include <compare>
#include <string>
#include <string_view>

namespace helenus::model {

__extension__ using int128 = __int128;
__extension__ using uint128 = unsigned __int128;

/// The partitioners whose rings can be repaired by token range.
enum class partitioner { murmur3, random };

/// From the class name that a node reports, with or without its package
/// ("org.apache.cassandra.dht.Murmur3Partitioner"). Others are refused by name.
result<partitioner> parse_partitioner(std::string_view class_name);
/// The full class name.
std::string_view to_string(partitioner kind);

/// A position on the ring: -2^63..2^63-1 (Murmur3) or 0..2^127-1 (Random).
class token {
 public:
  token() = default;
  explicit constexpr token(int128 value) : value_(value) {}

  /// Decimal text within the partitioner's limits.
  static result<token> parse(std::string_view text, partitioner kind);
  std::string to_string() const;
  constexpr int128 value() const { return value_; }

  friend constexpr auto operator<=>(const token&, const token&) = default;
  friend constexpr bool operator==(const token&, const token&) = default;

 private:
  int128 value_ = 0;
};

token minimum_token(partitioner kind);
token maximum_token(partitioner kind);
/// 2^64 or 2^127.
uint128 ring_size(partitioner kind);

}  // namespace helenus::model
