#include "base/event.h"

#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace helenus::base {

namespace asio = boost::asio;

event::event(asio::any_io_executor executor)
    : timer_(executor, asio::steady_timer::time_point::max()) {}

void event::set() {
  set_ = true;
  timer_.cancel();
}

asio::awaitable<void> event::wait() {
  while (!set_) {
    boost::system::error_code ignored;  // the timer only ever ends by being cancelled
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
  }
  set_ = false;
}

asio::awaitable<void> event::wait_until(clock& clock, clock::time_point when) {
  using asio::experimental::awaitable_operators::operator||;
  std::exception_ptr unwinding;
  try {
    co_await (wait() || clock.sleep_until(when));
  } catch (const asio::multiple_exceptions& both) {
    unwinding = both.first_exception();
  }
  if (unwinding) std::rethrow_exception(unwinding);
}

}  // namespace helenus::base
