#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace helenus::cql {

/// The types of CQL, by their numbers in the native protocol (v4, section 4.2.5.2, [option]).
enum class type_code : std::uint16_t {
  custom = 0x00,
  ascii = 0x01,
  bigint = 0x02,
  blob = 0x03,
  boolean = 0x04,
  counter = 0x05,
  decimal = 0x06,
  double_ = 0x07,
  float_ = 0x08,
  int_ = 0x09,
  timestamp = 0x0B,
  uuid = 0x0C,
  text = 0x0D,
  varint = 0x0E,
  timeuuid = 0x0F,
  inet = 0x10,
  date = 0x11,
  time = 0x12,
  smallint = 0x13,
  tinyint = 0x14,
  duration = 0x15,
  list = 0x20,
  map = 0x21,
  set = 0x22,
  udt = 0x30,
  tuple = 0x31,
};

/// The type of a column or value. Whether it is frozen makes no difference to its bytes.
struct type {
  type_code code = type_code::custom;
  /// Of a list or set its element, of a map key and value, of a tuple or UDT its fields.
  std::vector<type> elements;

  friend bool operator==(const type&, const type&) = default;
};

/// "map<text, uuid>": for sentences.
std::string to_text(const type& what);

/// Whether bytes of type `given` are right for a column of type `column`: the same type, or two
/// names of one form (text and ascii, uuid and timeuuid, bigint and counter).
bool compatible(const type& column, const type& given);

}  // namespace helenus::cql
