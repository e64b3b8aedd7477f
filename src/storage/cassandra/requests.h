#pragma once

#include "cql/session.h"
#include "storage/cassandra/failure.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace helenus::storage::cassandra {

using values = std::vector<cql::value>;

/// The requests that the stores make of Cassandra: at which consistency, counted, and with failures
/// in the words of the seam.
///
/// Reads and writes are at QUORUM, of all data centres: a row that one instance has written is the
/// row that any other reads, wherever it runs. Conditions are decided at SERIAL, as those of Reaper
/// are: the two kinds do not see each other.
class requests {
 public:
  requests(cql::session& session, std::string keyspace)
      : session_(session), keyspace_(std::move(keyspace)) {}

  /// The table's name in a statement.
  std::string table(std::string_view name) const {
    return '"' + keyspace_ + "\"." + std::string(name);
  }

  /// Calls `use(cql::row) -> result<void>` for each row, page by page.
  template <class Use>
  task<void> read(std::string text, values with, Use use, bool serial = false) {
    auto query = reading(std::move(text), std::move(with), serial);
    do {
      const auto page = co_await send(query);
      if (!page) co_return page.error();
      for (const auto row : *page) CO_TRY_VOID(as_storage_result(use(row)));
      query.paging_state = page->paging_state();
    } while (!query.paging_state.empty());
    co_return result<void>{};
  }

  /// A write that can be repeated.
  task<void> write(std::string text, values with);
  /// Writes that can be repeated: all or none in the end, in one partition at once.
  task<void> write(cql::batch together);
  /// A write under a condition; whether it was met. The error of one that
  /// cql::errc::outcome_unknown ended is not translated: see may_have_happened().
  task<bool> decide(cql::batch together);
  /// The same; when it was not met the answer has what stands there: the rows of its conditions
  /// that exist, with their keys and the columns of the conditions.
  task<cql::rows> decide_or_tell(cql::batch together);

  /// How many were sent; a page is one.
  std::uint64_t statements() const { return statements_; }

 private:
  static cql::statement reading(std::string text, values with, bool serial);
  template <class Value>
  static result<Value> as_storage_result(result<Value> outcome) {
    if (!outcome) return as_storage_error(std::move(outcome).error());
    return outcome;
  }
  task<cql::rows> send(cql::statement query);

  cql::session& session_;
  std::string keyspace_;
  std::uint64_t statements_ = 0;
};

}  // namespace helenus::storage::cassandra
