#pragma once

#include "base/event.h"
#include "model/ids.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <deque>
#include <unordered_map>
#include <utility>

namespace helenus::storage::cassandra {

/// Lets one caller at a time write under a condition to a run. Those of one process need not
/// compete in Cassandra, where every loser costs another round between data centres.
class turn_queue {
 public:
  /// A turn, until it is destroyed.
  class turn {
   public:
    turn(turn_queue& queue, model::run_id run) : queue_(&queue), run_(run) {}
    turn(turn&& other) noexcept : queue_(std::exchange(other.queue_, nullptr)), run_(other.run_) {}
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    turn& operator=(turn&&) = delete;
    ~turn() {
      if (queue_) queue_->next(run_);
    }

   private:
    turn_queue* queue_;
    model::run_id run_;
  };

  explicit turn_queue(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  /// Waits for its turn, first come first served. A caller that is cancelled leaves the queue.
  boost::asio::awaitable<turn> wait(model::run_id run);

 private:
  struct waiter {
    explicit waiter(boost::asio::any_io_executor executor) : called(std::move(executor)) {}
    base::event called;
    bool has_turn = false;
  };
  class place;

  void next(model::run_id run);
  void leave(model::run_id run, waiter& who);

  boost::asio::any_io_executor executor_;
  std::unordered_map<model::run_id, std::deque<waiter*>> waiting_;  ///< by runs with a turn
};

}  // namespace helenus::storage::cassandra
