#pragma once

#include "sqlite/database.h"
#include "storage/cluster_store.h"
#include "storage/run_store.h"
#include "storage/schedule_store.h"
#include "storage/secret_store.h"
#include "storage/segment_store.h"
#include "storage/sqlite/failure.h"

#include <memory>
#include <utility>

namespace helenus::storage::sqlite {

using helenus::sqlite::connection;
using helenus::sqlite::database;

/// The stores; `db` must outlive them.
std::unique_ptr<cluster_store> make_cluster_table(database& db);
std::unique_ptr<run_store> make_run_table(database& db);
std::unique_ptr<segment_store> make_segment_table(database& db);
std::unique_ptr<schedule_store> make_schedule_table(database& db);
std::unique_ptr<secret_store> make_secret_table(database& db);

/// Runs `work(connection&) -> result<T>` off the event loop; its failures in the words of the seam.
template <class Work>
auto read(database& db, Work work)
    -> boost::asio::awaitable<std::invoke_result_t<Work&, connection&>> {
  auto outcome = co_await db.read(std::move(work));
  if (!outcome) co_return as_storage_error(std::move(outcome).error());
  co_return outcome;
}

/// The same for work that writes. It may be run more than once (database::write).
template <class Work>
auto write(database& db, Work work)
    -> boost::asio::awaitable<std::invoke_result_t<Work&, connection&>> {
  auto outcome = co_await db.write(std::move(work));
  if (!outcome) co_return as_storage_error(std::move(outcome).error());
  co_return outcome;
}

}  // namespace helenus::storage::sqlite
