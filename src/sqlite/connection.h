#pragma once

#include "base/result.h"
#include "sqlite/errc.h"
#include "sqlite/statement.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace helenus::sqlite {

/// How a file is opened.
struct connection_options {
  std::filesystem::path file;  ///< made when it does not exist; its folder must exist
  /// Marks the files of this program; a file with tables and another mark is refused.
  std::int32_t application_id = 0;
  int page_cache_kib = 1024;
  /// The write-ahead log is copied into the file when it has this many pages of 4 KiB.
  int checkpoint_pages = 512;
};

/// What the check of a file found out.
enum class integrity {
  good,
  not_finished,  ///< nothing wrong so far, but the time was over
};

/// One connection to a database file that this process owns while it is open. Every call blocks.
/// One thread at a time.
///
/// A change is on the disk when the COMMIT that ends it returns (write-ahead log,
/// synchronous=FULL).
class connection {
 public:
  /// Opens the file for writing and takes it for this process: a second process that tries gets
  /// errc::busy with the name of the file and, where the system tells, the pid of the owner.
  static result<std::unique_ptr<connection>> open(const connection_options& options);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Runs one or more statements without parameters, such as a migration.
  result<void> execute(const std::string& sql);

  /// Runs a statement that answers rows. The statement is kept prepared; `sql` must be a literal
  /// (or otherwise outlive the connection) and not be running already.
  template <class... Values>
  result<rows> query(std::string_view sql, const Values&... values) {
    TRY(statement, prepared(sql));
    int place = 0;
    int bad = 0;
    ((bad = bad != 0 ? bad : bind(statement, ++place, values)), ...);
    if (bad != 0) return last_failure();
    return rows(statement, file_);
  }

  /// Runs a statement that answers nothing. The number of rows that it changed itself.
  template <class... Values>
  result<std::int64_t> change(std::string_view sql, const Values&... values) {
    TRY(running, query(sql, values...));
    TRY_VOID(running.next());
    return changes();
  }

  std::int64_t last_key() const;  ///< of the last INSERT
  bool in_transaction() const;
  const std::string& file() const { return file_; }

  /// Reads the whole file and checks its structure, for at most `limit`. errc::corrupt says what is
  /// wrong.
  result<integrity> check(std::chrono::milliseconds limit);

  /// Copies the write-ahead log into the file and empties it.
  result<void> checkpoint();

 private:
  explicit connection(std::string file) : file_(std::move(file)) {}
  result<void> configure(const connection_options& options);
  result<sqlite3_stmt*> prepared(std::string_view sql);
  std::int64_t changes() const;
  error last_failure() const;

  std::string file_;
  sqlite3* db_ = nullptr;
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;
};

/// Undoes everything since it was made, unless commit() succeeded.
class transaction {
 public:
  static result<transaction> begin(connection& db);
  ~transaction();
  transaction(transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  transaction& operator=(transaction&&) = delete;
  result<void> commit();

 private:
  explicit transaction(connection& db) : db_(&db) {}
  connection* db_;
};

}  // namespace helenus::sqlite
