#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace helenus::base {

/// A coroutine on the one io thread whose expected failures are values. Cancellation unwinds it as
/// a boost::system::system_error with operation_aborted, which only task_group, with_timeout and
/// finally may handle.
template <class Value>
using task = boost::asio::awaitable<result<Value>>;

/// Waits for `work`, at most `duration`. After that `work` is cancelled, waited for, and the error
/// is errc::timed_out with "timed out after D waiting for WHAT".
/// `work` must be a task: its failures end the wait at once because they are values.
template <class Value>
task<Value> with_timeout(clock& clock, task<Value> work, clock::duration duration,
                         std::string what) {
  using boost::asio::experimental::awaitable_operators::operator||;
  // Asio says a cancelled wait for either of two as multiple_exceptions; cancellation is to look
  // the same everywhere.
  std::exception_ptr unwinding;
  std::optional<std::variant<result<Value>, std::monostate>> first;
  try {
    first = co_await (std::move(work) || clock.sleep_for(duration));
  } catch (const boost::asio::multiple_exceptions& both) {
    unwinding = both.first_exception();
  }
  if (unwinding) std::rethrow_exception(unwinding);
  if (first->index() == 0) co_return std::move(std::get<0>(*first));
  co_return error{errc::timed_out,
                  "timed out after " + to_text(duration) + " waiting for " + std::move(what)};
}

/// Waits for `work`; then, whatever its end (value, error, cancellation), runs `cleanup` to its end
/// with cancellation disabled. `cleanup` must bound itself with with_timeout.
template <class Value, class Cleanup>
task<Value> finally(task<Value> work, Cleanup cleanup) {
  std::exception_ptr unwinding;
  result<Value> outcome = error{errc::cancelled};
  try {
    outcome = co_await std::move(work);
  } catch (const boost::system::system_error&) {
    unwinding = std::current_exception();
  }
  auto state = co_await boost::asio::this_coro::cancellation_state;
  static_cast<void>(state);
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  co_await cleanup();
  if (unwinding) std::rethrow_exception(unwinding);
  co_await boost::asio::this_coro::reset_cancellation_state(
      boost::asio::enable_terminal_cancellation());
  co_return outcome;
}

}  // namespace helenus::base

namespace helenus {
using base::task;
}  // namespace helenus
