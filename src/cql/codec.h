#pragma once

#include "base/clock.h"
#include "base/uuid.h"
#include "cql/bytes.h"
#include "cql/type.h"

#include <boost/asio/ip/address.hpp>

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace helenus::cql {

__extension__ using int128 = __int128;
__extension__ using uint128 = unsigned __int128;
using blob = std::vector<std::uint8_t>;
using inet = boost::asio::ip::address;
using timestamp = base::clock::wall_time;

/// How a C++ type is written as a CQL type and read back. Each has
///   static cql::type type();                             what is written
///   static bool reads(const cql::type&);                 what can be read
///   static void write(std::string& out, const Value&);   without a length
///   static result<Value> read(std::string_view);         errc::malformed
///
/// bool: boolean; std::int8_t: tinyint; std::int16_t: smallint; std::int32_t: int; std::int64_t:
/// bigint, counter; int128: varint (a longer one is malformed); double; float; std::string: text,
/// ascii; base::uuid: uuid, timeuuid; timestamp; blob; inet; std::vector: list; std::set: set;
/// std::map: map. The last three also when they are frozen, and within each other.
template <class Value>
struct codec;

template <class Value>
concept coded = requires(std::string& out, const Value& what) { codec<Value>::write(out, what); };

/// The bytes of values without elements, and back.
void encode(std::string& out, bool what);
void encode(std::string& out, std::int8_t what);
void encode(std::string& out, std::int16_t what);
void encode(std::string& out, std::int32_t what);
void encode(std::string& out, std::int64_t what);
void encode(std::string& out, int128 what);
void encode(std::string& out, double what);
void encode(std::string& out, float what);
void encode(std::string& out, const std::string& what);
void encode(std::string& out, const base::uuid& what);
void encode(std::string& out, timestamp what);
void encode(std::string& out, const blob& what);
void encode(std::string& out, const inet& what);
result<void> decode(std::string_view bytes, bool& what);
result<void> decode(std::string_view bytes, std::int8_t& what);
result<void> decode(std::string_view bytes, std::int16_t& what);
result<void> decode(std::string_view bytes, std::int32_t& what);
result<void> decode(std::string_view bytes, std::int64_t& what);
result<void> decode(std::string_view bytes, int128& what);
result<void> decode(std::string_view bytes, double& what);
result<void> decode(std::string_view bytes, float& what);
result<void> decode(std::string_view bytes, std::string& what);
result<void> decode(std::string_view bytes, base::uuid& what);
result<void> decode(std::string_view bytes, timestamp& what);
result<void> decode(std::string_view bytes, blob& what);
result<void> decode(std::string_view bytes, inet& what);

/// A codec of a type without elements; `Same` is another name of it.
template <class Value, type_code Code, type_code Same = Code>
struct scalar_codec {
  static cql::type type() { return {Code, {}}; }
  static bool reads(const cql::type& column) { return column.code == Code || column.code == Same; }
  static void write(std::string& out, const Value& what) { encode(out, what); }
  static result<Value> read(std::string_view bytes) {
    Value what{};
    TRY_VOID(decode(bytes, what));
    return what;
  }
};

template <>
struct codec<bool> : scalar_codec<bool, type_code::boolean> {};
template <>
struct codec<std::int8_t> : scalar_codec<std::int8_t, type_code::tinyint> {};
template <>
struct codec<std::int16_t> : scalar_codec<std::int16_t, type_code::smallint> {};
template <>
struct codec<std::int32_t> : scalar_codec<std::int32_t, type_code::int_> {};
template <>
struct codec<std::int64_t> : scalar_codec<std::int64_t, type_code::bigint, type_code::counter> {};
template <>
struct codec<int128> : scalar_codec<int128, type_code::varint> {};
template <>
struct codec<double> : scalar_codec<double, type_code::double_> {};
template <>
struct codec<float> : scalar_codec<float, type_code::float_> {};
template <>
struct codec<std::string> : scalar_codec<std::string, type_code::text, type_code::ascii> {};
template <>
struct codec<base::uuid> : scalar_codec<base::uuid, type_code::uuid, type_code::timeuuid> {};
template <>
struct codec<timestamp> : scalar_codec<timestamp, type_code::timestamp> {};
template <>
struct codec<blob> : scalar_codec<blob, type_code::blob> {};
template <>
struct codec<inet> : scalar_codec<inet, type_code::inet> {};

/// An element of a collection: its bytes with their length. Collections hold no nulls.
template <class Element>
void write_element(std::string& out, const Element& what) {
  const auto start = out.size();
  put_number(out, 0, 4);
  codec<Element>::write(out, what);
  std::string length;
  put_number(length, out.size() - start - 4, 4);
  out.replace(start, 4, length);
}

template <class Element>
result<Element> read_element(byte_reader& from) {
  TRY(size, from.count(1));
  TRY(bytes, from.take(size));
  return codec<Element>::read(bytes);
}

template <class Collection, type_code Code>
struct sequence_codec {
  using collection = Collection;
  using element = Collection::value_type;
  static cql::type type() { return {Code, {codec<element>::type()}}; }
  static bool reads(const cql::type& column) {
    return column.code == Code && column.elements.size() == 1 &&
           codec<element>::reads(column.elements[0]);
  }
  static void write(std::string& out, const Collection& what) {
    put_number(out, what.size(), 4);
    for (const auto& each : what) write_element<element>(out, each);
  }
  static result<Collection> read(std::string_view bytes) {
    byte_reader from(bytes);
    TRY(size, from.count(4));
    Collection what;
    for (std::size_t read = 0; read < size; ++read) {
      TRY(each, read_element<element>(from));
      what.insert(what.end(), std::move(each));
    }
    return what;
  }
};

template <coded Element>
struct codec<std::vector<Element>> : sequence_codec<std::vector<Element>, type_code::list> {};
template <coded Element>
struct codec<std::set<Element>> : sequence_codec<std::set<Element>, type_code::set> {};

template <coded Key, coded Value>
struct codec<std::map<Key, Value>> {
  using collection = std::map<Key, Value>;
  static cql::type type() { return {type_code::map, {codec<Key>::type(), codec<Value>::type()}}; }
  static bool reads(const cql::type& column) {
    return column.code == type_code::map && column.elements.size() == 2 &&
           codec<Key>::reads(column.elements[0]) && codec<Value>::reads(column.elements[1]);
  }
  static void write(std::string& out, const std::map<Key, Value>& what) {
    put_number(out, what.size(), 4);
    for (const auto& [key, value] : what) {
      write_element<Key>(out, key);
      write_element<Value>(out, value);
    }
  }
  static result<std::map<Key, Value>> read(std::string_view bytes) {
    byte_reader from(bytes);
    TRY(size, from.count(8));
    std::map<Key, Value> what;
    for (std::size_t read = 0; read < size; ++read) {
      TRY(key, read_element<Key>(from));
      TRY(value, read_element<Value>(from));
      what.insert_or_assign(std::move(key), std::move(value));
    }
    return what;
  }
};

}  // namespace helenus::cql
