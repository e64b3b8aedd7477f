#include "storage/cassandra/requests.h"

namespace helenus::storage::cassandra {

cql::statement requests::reading(std::string text, values with, bool serial) {
  cql::statement query;
  query.text = std::move(text);
  query.values = std::move(with);
  query.how.consistency = cql::consistency::quorum;
  query.how.serial_read = serial;
  query.how.serial_consistency = cql::serial_consistency::serial;
  query.how.idempotent = true;
  return query;
}

task<cql::rows> requests::send(cql::statement query) {
  ++statements_;
  co_return as_storage_result(co_await session_.execute(std::move(query)));
}

task<void> requests::write(std::string text, values with) {
  ++statements_;
  cql::statement statement;
  statement.text = std::move(text);
  statement.values = std::move(with);
  statement.how.consistency = cql::consistency::quorum;
  statement.how.idempotent = true;
  const auto written = co_await session_.execute(std::move(statement));
  if (!written) co_return as_storage_error(written.error());
  co_return result<void>{};
}

task<void> requests::write(cql::batch together) {
  ++statements_;
  together.how.consistency = cql::consistency::quorum;
  together.how.idempotent = true;
  const auto written = co_await session_.execute_batch(std::move(together));
  if (!written) co_return as_storage_error(written.error());
  co_return result<void>{};
}

task<bool> requests::decide(cql::batch together) {
  CO_TRY(answer, co_await decide_or_tell(std::move(together)));
  co_return answer.applied();
}

task<cql::rows> requests::decide_or_tell(cql::batch together) {
  ++statements_;
  together.how.consistency = cql::consistency::quorum;
  together.how.serial_consistency = cql::serial_consistency::serial;
  together.how.lightweight = true;
  auto decided = co_await session_.execute_batch(std::move(together));
  if (decided || may_have_happened(decided.error())) co_return decided;
  co_return as_storage_error(decided.error());
}

}  // namespace helenus::storage::cassandra
