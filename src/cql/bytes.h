#pragma once

#include "base/result.h"
#include "cql/errc.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace helenus::cql {

/// Adds the low `size` bytes of `number`, the highest first.
void put_number(std::string& out, std::uint64_t number, std::size_t size);
/// Adds [bytes]: the length as an int, then the bytes.
void put_bytes(std::string& out, std::string_view bytes);
/// Adds [string]: the length as a short, then the bytes. Longer ones are cut.
void put_string(std::string& out, std::string_view text);

/// Takes bytes from the front of a buffer. A length that the buffer does not hold is malformed.
class byte_reader {
 public:
  explicit byte_reader(std::string_view bytes) : rest_(bytes) {}

  /// An unsigned number of `size` bytes, the highest first.
  result<std::uint64_t> number(std::size_t size);
  /// A signed int of 4 bytes.
  result<std::int32_t> integer();
  /// An int that counts something of at least `least` bytes each: more than there can be, or a
  /// negative one, is malformed.
  result<std::size_t> count(std::size_t least);
  result<std::string_view> take(std::size_t size);
  /// [string]
  result<std::string_view> string();
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace helenus::cql
