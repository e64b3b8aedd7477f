#include "base/task_group.h"

#include "base/assert.h"
#include "base/log.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace helenus::base {

namespace asio = boost::asio;

struct task_group::child {
  std::string name;
  asio::cancellation_signal stop;
};

task_group::task_group(asio::any_io_executor executor)
    : executor_(executor), changed_(executor, asio::steady_timer::time_point::max()) {}

task_group::~task_group() { HELENUS_ASSERT(children_.empty()); }

void task_group::spawn(std::string name, task<void> work) {
  children_.emplace_back();
  const auto who = std::prev(children_.end());
  who->name = std::move(name);
  asio::co_spawn(
      executor_, std::move(work),
      asio::bind_cancellation_slot(who->stop.slot(),
                                   [this, who](std::exception_ptr unwound, result<void> outcome) {
                                     ended(who, std::move(unwound), std::move(outcome));
                                   }));
  // A child that comes while the group is being stopped would otherwise be waited for for ever.
  if (stopping_) who->stop.emit(asio::cancellation_type::terminal);
}

void task_group::ended(std::list<child>::iterator who, std::exception_ptr unwound,
                       result<void> outcome) {
  if (unwound) {
    try {
      std::rethrow_exception(std::move(unwound));
    } catch (const boost::system::system_error& failure) {
      if (failure.code() != asio::error::operation_aborted) {
        outcome = error{failure.code(), who->name + ": " + failure.what()};
      }
    }  // anything else is a bug: let it end the process
  }
  if (!outcome && outcome.error().code != errc::cancelled && !first_failure_) {
    first_failure_ = outcome.error();
    log_debug("base", "a task failed; its siblings are stopped",
              {{"task", who->name}, {"error", first_failure_->message()}});
  }
  const bool failed = first_failure_.has_value();
  children_.erase(who);
  if (failed) cancel();
  changed_.cancel();
}

void task_group::cancel() {
  stopping_ = true;
  // Emitting may end a child at once and remove it from the list: take the signals one by one.
  for (auto who = children_.begin(); who != children_.end();) {
    auto next = std::next(who);
    who->stop.emit(asio::cancellation_type::terminal);
    who = next;
  }
}

task<void> task_group::join() {
  co_await asio::this_coro::throw_if_cancelled(false);
  bool cancelled = false;
  while (!children_.empty()) {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (!cancelled && state.cancelled() != asio::cancellation_type::none) {
      cancelled = true;
      co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
      cancel();
      continue;
    }
    boost::system::error_code ignored;  // the timer only ever ends by being cancelled
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  stopping_ = false;
  if (cancelled) throw boost::system::system_error(asio::error::operation_aborted);
  co_await asio::this_coro::throw_if_cancelled(true);
  if (first_failure_) co_return *std::exchange(first_failure_, std::nullopt);
  co_return result<void>{};
}

}  // namespace helenus::base
