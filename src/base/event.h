#pragma once

#include "base/clock.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace helenus::base {

/// Wakes one loop: set() is remembered until a wait() takes it. Several set() before a wait() count
/// as one. One waiter at a time; io thread only.
class event {
 public:
  explicit event(boost::asio::any_io_executor executor);
  void set();
  /// Ends when set. Cancellation unwinds and leaves the event as it was.
  boost::asio::awaitable<void> wait();
  /// As wait(), or until the time `when`, whichever comes first.
  boost::asio::awaitable<void> wait_until(clock& clock, clock::time_point when);

 private:
  boost::asio::steady_timer timer_;
  bool set_ = false;
};

}  // namespace helenus::base
