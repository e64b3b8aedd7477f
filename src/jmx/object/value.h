#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/uuid.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace helenus::jmx {

class graph;

/// What a value is in terms of the stream; a map or a number is an `object` of a known class.
enum class value_kind : std::uint8_t { null, string, object, array, enum_constant, type };

/// A Java value that a server sent: data only, never code.
///
/// A handle into an immutable graph that all values of one message share, so copies are cheap, the
/// graph lives as long as any of them, and cycles neither leak nor recurse. Every accessor checks
/// the Java type and answers errc::wrong_type ("expected a java.util.Map, got java.lang.String")
/// when it is another one. Accessors look at one level only: nothing follows references deeply.
class value {
 public:
  /// null
  value() = default;
  value(std::shared_ptr<const graph> owner, std::uint32_t node)
      : graph_(std::move(owner)), node_(node) {}

  value_kind kind() const;
  bool is_null() const { return kind() == value_kind::null; }
  /// "java.util.HashMap", "[B", "java.lang.String", "null".
  std::string type_name() const;
  /// Whether its class, or a superclass that the stream names, is `class_name`.
  bool is_a(std::string_view class_name) const;
  /// Whether both are the same object of the same message (Java's ==).
  bool same_as(const value& other) const { return graph_ == other.graph_ && node_ == other.node_; }

  // --- single values, boxed or not ---
  /// A string; strings that are not null. Lone surrogates became U+FFFD.
  result<std::string> as_string() const;
  result<bool> as_bool() const;
  /// Integer, Short, Byte, AtomicInteger.
  result<std::int32_t> as_int() const;
  /// As as_int, also Long and AtomicLong.
  result<std::int64_t> as_long() const;
  /// Any number, also Float and Double. May be NaN or infinite.
  result<double> as_double() const;
  /// Any integer in decimal, also a BigInteger (tokens of the RandomPartitioner).
  result<std::string> as_decimal() const;
  result<base::uuid> as_uuid() const;
  /// Date, Timestamp, java.time.Instant.
  result<base::clock::wall_time> as_time() const;
  /// The name of an enum constant.
  result<std::string> as_enum() const;
  /// The numeric address of an InetAddress, "10.0.0.1" or "2001:db8::1"; of an InetSocketAddress
  /// its address part.
  result<std::string> as_address() const;
  /// A byte[].
  result<std::string> as_bytes() const;

  // --- several values ---
  /// The elements of any collection (list, set, queue) or array of references, in stream order.
  result<std::vector<value>> elements() const;
  /// The entries of any map, in stream order. Keys may be anything, and may repeat when the peer
  /// misbehaves.
  result<std::vector<std::pair<value, value>>> entries() const;
  /// A collection or array of strings.
  result<std::vector<std::string>> as_strings() const;
  /// A map of strings to strings. A repeated key keeps its last value.
  result<std::map<std::string, std::string>> as_string_map() const;
  /// byte[] to long[], or a collection of integers.
  result<std::vector<std::int64_t>> as_longs() const;
  /// double[], float[], or a collection of numbers.
  result<std::vector<double>> as_doubles() const;

  // --- objects of any class, by their serialized form ---
  /// The reference field `name`; with `declaring_class` only that class's field of the name.
  result<value> field(std::string_view name, std::string_view declaring_class = {}) const;
  /// An integral primitive field.
  result<std::int64_t> long_field(std::string_view name,
                                  std::string_view declaring_class = {}) const;

  /// For readers of serialized forms in this module; null for the null value.
  const std::shared_ptr<const graph>& owner() const { return graph_; }
  std::uint32_t node() const { return node_; }

 private:
  std::shared_ptr<const graph> graph_;
  std::uint32_t node_ = 0;
};

/// "expected EXPECTED, got TYPE".
error wrong_type(std::string_view expected, const value& got);

/// For logs and tests: one line, limited in depth and in length, with control characters escaped.
std::string describe(const value& what, std::size_t max_length = 2000);

}  // namespace helenus::jmx
