#pragma once

#include "cql/codec.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace helenus::cql {

/// A value for a `?` of a statement: its CQL type and its bytes, null, or unset.
///
/// Made from the C++ types that codec.h lists, from their optionals, and from null. The types are
/// exact: a bigint takes a std::int64_t, not an int.
class value {
 public:
  value() = default;  ///< null: the column is deleted
  value(std::nullptr_t) {}
  value(std::nullopt_t) {}
  template <coded Value>
  value(const Value& what) : state_(state::set), type_(codec<Value>::type()) {
    codec<Value>::write(bytes_, what);
  }
  template <coded Value>
  value(const std::optional<Value>& what) : value(what ? value(*what) : value()) {}
  value(std::string_view text) : value(std::string(text)) {}
  value(const char* text) : value(std::string(text)) {}

  /// The column is left as it is.
  static value unset() {
    value none;
    none.state_ = state::unset;
    return none;
  }

  bool is_null() const { return state_ == state::null; }
  bool is_unset() const { return state_ == state::unset; }
  /// Of a value that is neither null nor unset.
  const cql::type& type() const { return type_; }
  const std::string& bytes() const { return bytes_; }

 private:
  enum class state { null, unset, set };
  state state_ = state::null;
  cql::type type_;
  std::string bytes_;
};

}  // namespace helenus::cql
