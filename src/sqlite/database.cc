#include "sqlite/database.h"

namespace helenus::sqlite {

database::~database() = default;

task<void> database::close() {
  return pool_.run([this]() -> result<void> {
    connection_.reset();
    return {};
  });
}

void database::commit(const batch& writes) {
  // When the shared transaction can not be committed (a full disk, say), each write gets its own
  // attempt and its own answer: a small one may still fit.
  if (writes.size() == 1 || !commit_together(writes)) {
    for (const auto& write : writes) commit_alone(*write);
  }
  for (const auto& write : writes) write->ended = true;
}

result<void> database::commit_together(const batch& writes) {
  TRY(work, transaction::begin(*connection_));
  for (const auto& write : writes) {
    TRY_VOID(connection_->change("SAVEPOINT one"));
    write->attempt(*connection_);
    if (write->failed()) {
      if (!connection_->in_transaction()) return error{errc::interrupted};  // all was undone
      TRY_VOID(connection_->change("ROLLBACK TO one"));
    }
    TRY_VOID(connection_->change("RELEASE one"));
  }
  TRY_VOID(work.commit());
  ++transactions_;
  return {};
}

void database::commit_alone(pending_write& write) {
  auto work = transaction::begin(*connection_);
  if (!work) return write.fail(work.error());
  write.attempt(*connection_);
  if (write.failed()) return;  // the transaction undoes it
  if (auto committed = work->commit(); !committed) return write.fail(committed.error());
  ++transactions_;
}

}  // namespace helenus::sqlite
