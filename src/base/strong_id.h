#pragma once

#include <compare>
#include <functional>
#include <utility>

namespace helenus::base {

/// A value that is not interchangeable with others of the same representation.
template <class Tag, class Value>
class strong_id {
 public:
  strong_id() = default;
  explicit strong_id(Value value) : value_(std::move(value)) {}
  const Value& value() const { return value_; }
  friend auto operator<=>(const strong_id&, const strong_id&) = default;
  friend bool operator==(const strong_id&, const strong_id&) = default;

 private:
  Value value_{};
};

}  // namespace helenus::base

template <class Tag, class Value>
struct std::hash<helenus::base::strong_id<Tag, Value>> {
  std::size_t operator()(const helenus::base::strong_id<Tag, Value>& id) const {
    return std::hash<Value>{}(id.value());
  }
};
