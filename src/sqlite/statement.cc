#include "sqlite/statement.h"

#include "sqlite/failure.h"

#include <sqlite3.h>

namespace helenus::sqlite {

rows::~rows() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

result<bool> rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failure(sqlite3_db_handle(statement_), file_);
}

bool rows::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }

double rows::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string_view rows::text(int column) const {
  const void* start = sqlite3_column_text(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return start == nullptr ? std::string_view{}
                          : std::string_view(static_cast<const char*>(start), size);
}

blob rows::bytes(int column) const {
  const void* start = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return start == nullptr ? blob{} : blob(static_cast<const std::uint8_t*>(start), size);
}

int bind(sqlite3_stmt* statement, int place, std::int64_t value) {
  return sqlite3_bind_int64(statement, place, value);
}

int bind(sqlite3_stmt* statement, int place, double value) {
  return sqlite3_bind_double(statement, place, value);
}

int bind(sqlite3_stmt* statement, int place, std::string_view value) {
  // A null pointer would bind NULL; the empty view may have one.
  return sqlite3_bind_text64(statement, place, value.empty() ? "" : value.data(), value.size(),
                             SQLITE_TRANSIENT, SQLITE_UTF8);
}

int bind(sqlite3_stmt* statement, int place, blob value) {
  return sqlite3_bind_blob64(statement, place, value.data(), value.size(), SQLITE_TRANSIENT);
}

int bind(sqlite3_stmt* statement, int place, std::nullopt_t) {
  return sqlite3_bind_null(statement, place);
}

}  // namespace helenus::sqlite
