#include "sqlite/connection.h"

#include "base/assert.h"
#include "sqlite/failure.h"
#include "sqlite/lock_holder.h"

#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace helenus::sqlite {
namespace {

errc from_errno(int number, errc otherwise) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return errc::full;
    case EROFS:
    case EACCES:
    case EPERM:
      return errc::read_only;
    default:
      return otherwise;
  }
}

/// What the system said last. sqlite3_system_errno() does not know it after a failed step; the
/// files do, and the write-ahead log is the one that writes go to.
int last_errno(sqlite3* db) {
  int number = 0;
  sqlite3_file* log = nullptr;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
  if (log != nullptr && log->pMethods != nullptr) {
    log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &number);
  }
  if (number == 0) sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &number);
  return number != 0 ? number : sqlite3_system_errno(db);
}

errc from_code(int code, int system_errno) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return errc::busy;
    case SQLITE_FULL:
      return errc::full;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return errc::read_only;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return errc::corrupt;
    case SQLITE_CANTOPEN:
      return from_errno(system_errno, errc::cannot_open);
    case SQLITE_IOERR:
      return from_errno(system_errno, errc::input_output);
    case SQLITE_CONSTRAINT:
      return errc::constraint;
    case SQLITE_TOOBIG:
      return errc::limit_exceeded;
    case SQLITE_INTERRUPT:
      return errc::interrupted;
    default:
      return errc::internal;
  }
}

/// Why the system would not open the file, in more words than SQLite has.
error not_opened(const std::filesystem::path& file, int system_errno) {
  const auto text = std::string(file) + ": ";
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    return {errc::cannot_open, text + "the folder " + std::string(folder) + " does not exist"};
  }
  if (std::filesystem::is_directory(file, ignored)) {
    return {errc::cannot_open, text + "is a folder, not a file"};
  }
  if (::access(folder.c_str(), W_OK) != 0) {
    return {from_errno(errno, errc::cannot_open),
            text + "the folder " + std::string(folder) + " can not be written"};
  }
  return {from_errno(system_errno, errc::cannot_open),
          text + (system_errno == 0 ? "can not be opened"
                                    : std::generic_category().message(system_errno))};
}

error owned_by_another(const std::filesystem::path& file) {
  const auto pid = lock_holder(file);
  return {errc::busy, std::string(file) + ": is open in another process" +
                          (pid ? " (pid " + std::to_string(*pid) + ")" : std::string{}) +
                          "; stop that one or name another file"};
}

result<std::int64_t> pragma(connection& db, std::string_view sql) {
  TRY(running, db.query(sql));
  TRY(row, running.next());
  return row ? running.integer(0) : 0;
}

}  // namespace

error failure(sqlite3* db, std::string_view file) {
  const auto kind = from_code(sqlite3_extended_errcode(db), last_errno(db));
  return {kind, std::string(file) + ": " + sqlite3_errmsg(db)};
}

result<std::unique_ptr<connection>> connection::open(const connection_options& options) {
  std::unique_ptr<connection> opened(new connection(options.file.string()));
  const int code = sqlite3_open_v2(
      options.file.c_str(), &opened->db_,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      nullptr);
  HELENUS_ASSERT(opened->db_ != nullptr);  // out of memory
  if (code != SQLITE_OK) return not_opened(options.file, sqlite3_system_errno(opened->db_));
  if (sqlite3_db_readonly(opened->db_, "main") == 1) {
    return error{errc::read_only, opened->file_ + ": the file can not be written"};
  }
  auto configured = opened->configure(options);
  if (!configured && configured.error().code == errc::busy) return owned_by_another(options.file);
  TRY_VOID(std::move(configured));
  return opened;
}

result<void> connection::configure(const connection_options& options) {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  // The lock is taken by the first access and kept. With it the index of the write-ahead log lives
  // in memory, so that no file system needs to support shared memory.
  TRY_VOID(
      execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF;"
              "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
              "PRAGMA foreign_keys = ON; PRAGMA mmap_size = 0;"
              "PRAGMA cache_size = -" +
              std::to_string(options.page_cache_kib)));
  auto owned = execute("BEGIN EXCLUSIVE; COMMIT");
  if (!owned && owned.error().code == errc::cannot_open) {
    return not_opened(options.file, sqlite3_system_errno(db_));
  }
  TRY_VOID(std::move(owned));
  TRY(id, pragma(*this, "PRAGMA application_id"));
  TRY(tables, pragma(*this, "SELECT count(*) FROM sqlite_schema"));
  if (id != options.application_id && (id != 0 || tables != 0)) {
    return error{errc::foreign, file_ + ": is a database of another program; name another file"};
  }
  auto logging = execute("PRAGMA journal_mode = WAL");
  if (!logging && logging.error().code == errc::cannot_open) {
    return not_opened(options.file, sqlite3_system_errno(db_));
  }
  TRY_VOID(std::move(logging));
  return execute(
      "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304;"
      "PRAGMA wal_autocheckpoint = " +
      std::to_string(options.checkpoint_pages));
}

connection::~connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  // Copies the write-ahead log into the file and removes it, as far as the disk allows.
  const int code = sqlite3_close(db_);
  HELENUS_ASSERT(code == SQLITE_OK);  // a statement is still running
}

result<void> connection::execute(const std::string& sql) {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return last_failure();
  }
  return {};
}

result<sqlite3_stmt*> connection::prepared(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) {
    HELENUS_ASSERT(sqlite3_stmt_busy(found->second) == 0);
    return found->second;
  }
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                         &statement, nullptr) != SQLITE_OK) {
    return last_failure();
  }
  statements_.emplace(sql, statement);
  return statement;
}

std::int64_t connection::changes() const { return sqlite3_changes64(db_); }

std::int64_t connection::last_key() const { return sqlite3_last_insert_rowid(db_); }

bool connection::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

error connection::last_failure() const { return failure(db_, file_); }

result<integrity> connection::check(std::chrono::milliseconds limit) {
  auto end = std::chrono::steady_clock::now() + limit;
  constexpr int steps_between_looks = 10000;
  sqlite3_progress_handler(
      db_, steps_between_looks,
      [](void* deadline) {
        return int(std::chrono::steady_clock::now() > *static_cast<decltype(end)*>(deadline));
      },
      &end);
  auto checked = [this]() -> result<integrity> {
    TRY(running, query("PRAGMA quick_check(1)"));
    TRY(row, running.next());
    const std::string said(row ? running.text(0) : "ok");
    if (said == "ok") return integrity::good;
    return error{errc::corrupt, file_ + ": " + said};
  }();
  sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  if (!checked && checked.error().code == errc::interrupted) return integrity::not_finished;
  return checked;
}

result<void> connection::checkpoint() {
  if (sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) !=
      SQLITE_OK) {
    return last_failure();
  }
  return {};
}

result<transaction> transaction::begin(connection& db) {
  TRY_VOID(db.change("BEGIN IMMEDIATE"));
  return transaction(db);
}

transaction::~transaction() {
  // SQLite has already undone everything when a failure was grave enough.
  if (db_ == nullptr || !db_->in_transaction()) return;
  const auto undone = db_->change("ROLLBACK");
  HELENUS_ASSERT(undone.has_value() || !db_->in_transaction());
}

result<void> transaction::commit() {
  TRY_VOID(db_->change("COMMIT"));
  db_ = nullptr;
  return {};
}

}  // namespace helenus::sqlite
