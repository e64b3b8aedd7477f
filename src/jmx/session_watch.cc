// The part of call_pool that keeps a session alive and notices its end.
#include "base/assert.h"
#include "jmx/call_pool.h"
#include "jmx/errc.h"
#include "jmx/remote/calls.h"

#include <utility>

namespace helenus::jmx {
namespace {

constexpr base::clock::duration busy_pause = std::chrono::seconds(1);

task<void> wait_for(base::event& happened) {
  co_await happened.wait();
  co_return result<void>{};
}

}  // namespace

task<void> call_pool::watch() {
  HELENUS_ASSERT(watchers_ == nullptr);
  base::task_group group(executor_);
  struct unset {
    call_pool& pool;
    ~unset() { pool.watchers_ = nullptr; }
  };
  const unset on_exit{*this};
  watchers_ = &group;
  for (const auto& socket : idle_) begin_watching(socket);
  group.spawn("keep alive", keep_alive());
  co_return co_await group.join();
}

/// Ends with the reason for which the session ended.
task<void> call_pool::keep_alive() {
  for (;;) {
    if (ended_) co_return *ended_;
    const auto due = last_answer_ + options_.timeouts.keep_alive;
    if (due > clock_.now()) {
      auto waiting =
          base::with_timeout(clock_, wait_for(look_), due - clock_.now(), "the next heartbeat");
      const auto doubted = co_await std::move(waiting);
      if (ended_) co_return *ended_;
      // Not doubted, so it was time; but calls in the meantime may have done as well.
      if (!doubted && last_answer_ + options_.timeouts.keep_alive > clock_.now()) continue;
    }
    CO_TRY_VOID(co_await heartbeat());
  }
}

/// Any answer will do, also a refusal: the server counts it as a sign of life.
task<void> call_pool::heartbeat() {
  if (!may_start(false)) {
    // Calls in progress keep the session alive, and say themselves when it is not.
    co_await clock_.sleep_for(busy_pause);
    co_return result<void>{};
  }
  auto beat = calls::get_default_domain(session_.connection);
  const auto answer = co_await call(std::move(beat), options_.timeouts.call, false);
  if (ended_) co_return *ended_;
  if (!answer && answer.error().code != errc::limit_exceeded) {
    end({errc::closed, "the session is lost: " + answer.error().message()});
    co_return *ended_;
  }
  co_return result<void>{};
}

void call_pool::begin_watching(const std::shared_ptr<connection>& socket) {
  if (!watchers_ || !socket->claim_watch()) return;
  watchers_->spawn("idle socket", watch_idle(socket));
}

task<void> call_pool::watch_idle(std::shared_ptr<connection> socket) {
  struct unwatched {
    connection& socket;
    ~unwatched() { socket.release_watch(); }
  };
  const unwatched on_exit{*socket};
  co_await socket->lost_while_idle();
  std::erase(idle_, socket);
  doubt();
  co_return result<void>{};
}

}  // namespace helenus::jmx
