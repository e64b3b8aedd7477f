#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace helenus::base {

/// Wakes everybody who waits for some state to change. Nothing is remembered: look at the state,
/// then wait, then look again. Any number of waiters; io thread only.
class broadcast {
 public:
  explicit broadcast(boost::asio::any_io_executor executor);
  void notify_all();
  /// Ends at the next notify_all(). Cancellation unwinds.
  boost::asio::awaitable<void> wait();

 private:
  boost::asio::steady_timer timer_;
};

}  // namespace helenus::base
