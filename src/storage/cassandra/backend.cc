#include "storage/cassandra/backend.h"

#include "base/log.h"
#include "storage/cassandra/failure.h"
#include "storage/cassandra/permissions.h"
#include "storage/cassandra/schema/migration_runner.h"
#include "storage/cassandra/tables.h"
#include "storage/cassandra/unfinished_runs.h"

#include <utility>

namespace helenus::storage::cassandra {

struct backend::parts : tables {
  using tables::tables;
};

backend::backend(boost::asio::any_io_executor executor, base::clock& clock,
                 std::unique_ptr<cql::session> session, std::string keyspace)
    : executor_(executor),
      clock_(clock),
      session_(std::move(session)),
      keyspace_(std::move(keyspace)),
      parts_(std::make_unique<parts>(executor, clock, *session_, keyspace_)),
      clusters_(make_cluster_table(*parts_)),
      runs_(make_run_table(*parts_)),
      segments_(make_segment_table(*parts_)),
      schedules_(make_schedule_table(*parts_)),
      secrets_(make_secret_table(*parts_)),
      leases_(make_lease_table(*parts_)),
      instances_(make_instance_table(*parts_)) {}

backend::~backend() = default;

task<void> backend::bring_schema(schema_policy policy) {
  if (policy == schema_policy::wait) {
    CO_TRY_VOID(co_await verify_schema(*session_, keyspace_));
  } else {
    CO_TRY_VOID(co_await migrate(
        executor_, clock_, *session_, {.keyspace = keyspace_},
        [](const std::string& what) { base::log_info("storage", "migration", {{"step", what}}); }));
  }
  CO_TRY_VOID(co_await check_permissions(executor_, parts_->ask, keyspace_));
  co_return co_await finish_leftovers(*parts_);
}

task<void> backend::renew(std::optional<cql::credentials> login,
                          std::shared_ptr<const net::tls_context> tls) {
  auto renewed = co_await session_->renew(std::move(login), std::move(tls));
  if (!renewed) co_return as_storage_error(renewed.error());
  co_return result<void>{};
}

backend_counters backend::counters() const {
  auto counters = parts_->calls;
  counters.statements = parts_->ask.statements();
  return counters;
}

task<std::unique_ptr<backend>> open(boost::asio::any_io_executor executor, base::clock& clock,
                                    cassandra_options options) {
  auto session = co_await cql::connect(clock, std::move(options.session));
  if (!session) co_return as_storage_error(session.error());
  co_return std::make_unique<backend>(std::move(executor), clock, std::move(*session),
                                      std::move(options.keyspace));
}

}  // namespace helenus::storage::cassandra
