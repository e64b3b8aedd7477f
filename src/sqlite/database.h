#pragma once

#include "base/batch_queue.h"
#include "base/blocking_pool.h"
#include "base/task.h"
#include "sqlite/connection.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace helenus::sqlite {

/// A write that waits for its turn, and later its outcome. Used by the database's thread only, once
/// it is in the queue.
class pending_write {
 public:
  virtual ~pending_write() = default;
  /// Does the work within the open transaction. May be called again after that was undone.
  virtual void attempt(connection& db) = 0;
  virtual bool failed() const = 0;
  virtual void fail(error why) = 0;
  bool ended = false;  ///< the outcome is final
};

/// A connection and the one thread that uses it, for coroutines on the io thread.
///
/// Work runs in the order in which it is given. Writes that wait while another write is being
/// committed are committed together and answered together: the disk is asked to sync once for all
/// of them. Each still stands alone: one that fails undoes only what it did itself.
class database {
 public:
  database() : pool_(1) {}
  ~database();
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  /// Opens the connection with `prepare(connection_options) -> result<unique_ptr<connection>>`, on
  /// the database's thread. Once.
  template <class Prepare>
  task<void> open(Prepare prepare) {
    return pool_.run([this, prepare = std::move(prepare)]() mutable -> result<void> {
      TRY(opened, prepare());
      connection_ = std::move(opened);
      return {};
    });
  }

  /// Runs `work(connection&) -> result<T>`, which only reads.
  template <class Work>
  auto read(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work&, connection&>> {
    ++reads_;
    return pool_.run([this, work = std::move(work)]() mutable { return work(*connection_); });
  }

  /// Runs `work(connection&) -> result<T>` in a transaction, or as part of one. The outcome is
  /// known when it is on the disk. `work` must be able to run again: it is, when what shares its
  /// transaction makes that fail.
  template <class Work>
  auto write(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work&, connection&>> {
    ++writes_;
    auto pending = std::make_shared<write_of<Work>>(std::move(work));
    queue_.push(pending);
    return pool_.run([this, pending] {
      if (!pending->ended) commit(queue_.take());
      return std::move(*pending->outcome);
    });
  }

  /// Ends what was given before and closes the file. Nothing may be given afterwards.
  task<void> close();

  std::uint64_t reads() const { return reads_; }
  std::uint64_t writes() const { return writes_; }
  std::uint64_t transactions() const { return transactions_; }

 private:
  template <class Work>
  struct write_of final : pending_write {
    explicit write_of(Work given) : work(std::move(given)) {}
    void attempt(connection& db) override { outcome.emplace(work(db)); }
    bool failed() const override { return !outcome->has_value(); }
    void fail(error why) override { outcome.emplace(std::move(why)); }

    Work work;
    std::optional<std::invoke_result_t<Work&, connection&>> outcome;
  };

  using batch = std::vector<std::shared_ptr<pending_write>>;
  void commit(const batch& writes);
  result<void> commit_together(const batch& writes);
  void commit_alone(pending_write& write);

  base::batch_queue<std::shared_ptr<pending_write>> queue_;
  std::unique_ptr<connection> connection_;  ///< used on the pool's thread
  std::uint64_t reads_ = 0;
  std::uint64_t writes_ = 0;
  std::atomic<std::uint64_t> transactions_ = 0;
  base::blocking_pool pool_;  ///< last: its thread ends first
};

}  // namespace helenus::sqlite
