#include "base/broadcast.h"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace helenus::base {

namespace asio = boost::asio;

broadcast::broadcast(asio::any_io_executor executor)
    : timer_(executor, asio::steady_timer::time_point::max()) {}

void broadcast::notify_all() { timer_.cancel(); }

asio::awaitable<void> broadcast::wait() {
  boost::system::error_code ignored;  // the timer only ever ends by being cancelled
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

}  // namespace helenus::base
