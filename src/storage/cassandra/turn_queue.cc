#include "storage/cassandra/turn_queue.h"

#include <algorithm>

namespace helenus::storage::cassandra {

/// A place in the queue; whoever leaves it without taking its turn passes the turn on.
class turn_queue::place {
 public:
  place(turn_queue& queue, model::run_id run, waiter& who) : queue_(queue), run_(run), who_(who) {
    queue_.waiting_.at(run_).push_back(&who_);
  }
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  ~place() {
    if (!taken_) queue_.leave(run_, who_);
  }
  void take() { taken_ = true; }

 private:
  turn_queue& queue_;
  model::run_id run_;
  waiter& who_;
  bool taken_ = false;
};

boost::asio::awaitable<turn_queue::turn> turn_queue::wait(model::run_id run) {
  const bool is_free = waiting_.try_emplace(run).second;
  if (is_free) co_return turn(*this, run);
  waiter self(executor_);
  place mine(*this, run, self);
  co_await self.called.wait();
  mine.take();
  co_return turn(*this, run);
}

void turn_queue::next(model::run_id run) {
  auto& queue = waiting_.at(run);
  if (queue.empty()) {
    waiting_.erase(run);
    return;
  }
  auto* first = queue.front();
  queue.pop_front();
  first->has_turn = true;
  first->called.set();
}

void turn_queue::leave(model::run_id run, waiter& who) {
  if (who.has_turn) return next(run);
  std::erase(waiting_.at(run), &who);
}

}  // namespace helenus::storage::cassandra
