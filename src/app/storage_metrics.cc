#include "app/storage_metrics.h"

namespace helenus::app {

void add_storage_metrics(metrics::registry& to, const engine_host& host) {
  const auto reads = to.count("helenus_storage_reads_total", "Calls that only read storage.");
  const auto writes = to.count("helenus_storage_writes_total", "Calls that write to storage.");
  const auto transactions =
      to.count("helenus_storage_transactions_total", "Commits; several writes may share one.");
  const auto statements = to.count("helenus_storage_statements_total",
                                   "Requests to Cassandra that keep state; 0 for other storage.");
  to.before_exposition([reads, writes, transactions, statements, &host] {
    const auto done = host.storage_counters();
    reads.show(static_cast<double>(done.reads));
    writes.show(static_cast<double>(done.writes));
    transactions.show(static_cast<double>(done.transactions));
    statements.show(static_cast<double>(done.statements));
  });
}

}  // namespace helenus::app
