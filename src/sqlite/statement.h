#pragma once

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3_stmt;

namespace helenus::sqlite {

/// The bytes of a BLOB column.
using blob = std::span<const std::uint8_t>;

/// A prepared statement that is being run: its rows, one after the other. Ends when destroyed, so
/// that the statement can be run again. Text and blobs of a row are valid until next().
class rows {
 public:
  /// Takes a statement whose parameters are bound. `file` names it in errors.
  rows(sqlite3_stmt* statement, std::string_view file) : statement_(statement), file_(file) {}
  ~rows();
  rows(rows&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)), file_(other.file_) {}
  rows& operator=(rows&&) = delete;

  /// Moves to the first or next row; false when there is none.
  result<bool> next();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  blob bytes(int column) const;

 private:
  sqlite3_stmt* statement_;
  std::string_view file_;
};

/// Binds one parameter (from 1). Text and blobs are copied.
int bind(sqlite3_stmt* statement, int place, std::int64_t value);
int bind(sqlite3_stmt* statement, int place, double value);
int bind(sqlite3_stmt* statement, int place, std::string_view value);
int bind(sqlite3_stmt* statement, int place, blob value);
int bind(sqlite3_stmt* statement, int place, std::nullopt_t);

inline int bind(sqlite3_stmt* statement, int place, int value) {
  return bind(statement, place, std::int64_t{value});
}
inline int bind(sqlite3_stmt* statement, int place, bool value) {
  return bind(statement, place, std::int64_t{value ? 1 : 0});
}
inline int bind(sqlite3_stmt* statement, int place, const std::string& value) {
  return bind(statement, place, std::string_view(value));
}
inline int bind(sqlite3_stmt* statement, int place, const char* value) {
  return bind(statement, place, std::string_view(value));
}
template <class Value>
int bind(sqlite3_stmt* statement, int place, const std::optional<Value>& value) {
  return value ? bind(statement, place, *value) : bind(statement, place, std::nullopt);
}

}  // namespace helenus::sqlite
