#pragma once

#include "base/result.h"
#include "cql/codec.h"
#include "cql/type.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace helenus::cql {

struct column {
  std::string name;
  cql::type type;
};

class rows;

/// One row of `rows`, which must outlive it.
class row {
 public:
  /// The value of a column. Errors: no_such_column, wrong_type, malformed, and unexpected_null
  /// unless `Value` is an optional or a collection (CQL knows no difference between null and an
  /// empty collection). Each names the column.
  template <class Value>
  result<Value> get(std::string_view name) const {
    return get_as(name, static_cast<Value*>(nullptr));
  }
  /// The same, as `into` is; after an error that is as before.
  template <class Value>
  result<void> get(std::string_view name, Value& into) const {
    TRY(value, get<Value>(name));
    into = std::move(value);
    return {};
  }

  /// Whether the column is there and not null.
  bool has(std::string_view name) const;

 private:
  friend class rows;
  using cell = std::optional<std::string_view>;

  row(const rows& all, std::size_t index) : all_(&all), index_(index) {}

  template <class Value>
  result<Value> get_as(std::string_view name, const Value*) const {
    TRY(bytes, cell_of(name, codec<Value>::reads, codec<Value>::type()));
    if (bytes) return read<Value>(name, *bytes);
    if constexpr (requires { typename codec<Value>::collection; }) return Value{};
    return null_at(name);
  }
  template <class Value>
  result<std::optional<Value>> get_as(std::string_view name, const std::optional<Value>*) const {
    TRY(bytes, cell_of(name, codec<Value>::reads, codec<Value>::type()));
    if (!bytes) return std::optional<Value>{};
    TRY(value, read<Value>(name, *bytes));
    return std::optional<Value>(std::move(value));
  }
  template <class Value>
  static result<Value> read(std::string_view name, std::string_view bytes) {
    auto value = codec<Value>::read(bytes);
    if (!value) return in_column(name, std::move(value).error());
    return value;
  }

  result<cell> cell_of(std::string_view name, bool (*reads)(const type&), const type& wanted) const;
  static error null_at(std::string_view name);
  static error in_column(std::string_view name, error failure);

  const rows* all_;
  std::size_t index_;
};

/// What one answer may cost us at most.
struct rows_limits {
  std::size_t columns = 1'000;
  std::size_t type_depth = 8;  ///< collections within collections
};

/// One page of an answer. Immutable; cheap to move.
///
/// A page without rows need not be the last one.
class rows {
 public:
  rows() = default;  ///< no columns, no rows: what a write answers

  /// Reads the form in which the driver hands a page over: the [int] number of columns; of each
  /// its [string] name and its [option] type; the [int] number of rows; their cells as [bytes], all
  /// as in section 3 of the native protocol v4. Errors: malformed, limit_exceeded.
  static result<rows> parse(std::string page, std::string paging_state, rows_limits limits = {});

  const std::vector<column>& columns() const { return columns_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  row operator[](std::size_t index) const { return {*this, index}; }

  class iterator {
   public:
    row operator*() const { return (*all_)[index_]; }
    iterator& operator++() {
      ++index_;
      return *this;
    }
    friend bool operator==(const iterator&, const iterator&) = default;

   private:
    friend class rows;
    iterator(const rows& all, std::size_t index) : all_(&all), index_(index) {}
    const rows* all_;
    std::size_t index_;
  };
  iterator begin() const { return {*this, 0}; }
  iterator end() const { return {*this, size_}; }

  /// Whether the statement took effect: false only where a condition (IF) was not met. The rows
  /// then are what is stored instead.
  bool applied() const { return applied_.value_or(true); }
  /// Whether it had a condition, as its answer tells.
  bool has_condition() const { return applied_.has_value(); }

  /// For statement::paging_state; empty after the last page.
  const std::string& paging_state() const { return paging_state_; }

 private:
  friend class row;
  std::optional<std::string_view> cell(std::size_t row, std::size_t column) const;
  result<void> read_cells(byte_reader from);

  /// Where a cell's bytes are in page_; null is `none`.
  struct place {
    static constexpr std::uint32_t none = UINT32_MAX;
    std::uint32_t start = none;
    std::uint32_t size = 0;
  };
  std::vector<column> columns_;
  std::size_t size_ = 0;
  std::optional<bool> applied_;
  std::string page_;
  std::string paging_state_;
  std::vector<place> places_;
};

/// Reads an [option]: the type of a column, as a prepared statement or a page describes it.
result<type> read_type(byte_reader& from, std::size_t depth_left);

}  // namespace helenus::cql
