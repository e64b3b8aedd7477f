#pragma once

#include "jmx/object/graph.h"
#include "jmx/object/value.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace helenus::jmx {

/// A field of an object: its type byte, and its bits or node number.
struct slot {
  char type = 0;
  std::uint64_t bits = 0;

  /// A sign-extended number; for the integral types.
  std::int64_t integer() const;
  /// A Float or Double as a double; an integral type converted.
  double real() const;
};

/// The field `name`, the subclass's first; with `declaring_class` only that class's.
std::optional<slot> find_field(const value& object, std::string_view name,
                               std::string_view declaring_class = {});

/// The node behind a value; null's node for a value without a graph.
const graph::node& node_of(const value& what);

/// Walks what one class of an object wrote by itself. Everything it answers is optional: a peer may
/// leave out anything.
class content_cursor {
 public:
  content_cursor(const value& object, std::string_view class_name);

  /// The next `size` bytes of block data as a big-endian number.
  std::optional<std::uint64_t> number(std::size_t size);
  /// The next i32.
  std::optional<std::int32_t> integer();
  /// The next `size` bytes of block data.
  std::optional<std::string_view> data(std::size_t size);
  /// The next object; block data before it is skipped.
  std::optional<value> next();

 private:
  std::shared_ptr<const graph> graph_;
  std::uint32_t item_ = 0;
  std::uint32_t end_ = 0;
  std::uint32_t position_ = 0;  // within a run of data
};

}  // namespace helenus::jmx
