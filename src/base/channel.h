#pragma once

#include "base/errc.h"
#include "base/event.h"
#include "base/task.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace helenus::base {

/// A bounded stream of values from any number of senders to one receiver, on the io thread.
/// Full policy: push() refuses; the sender decides what that means.
template <class Value>
class channel {
 public:
  channel(boost::asio::any_io_executor executor, std::size_t capacity)
      : capacity_(capacity), changed_(std::move(executor)) {}

  /// False when the channel is full or closed: the value was not taken.
  [[nodiscard]] bool push(Value value) {
    if (closed_ || values_.size() >= capacity_) return false;
    values_.push_back(std::move(value));
    changed_.set();
    return true;
  }

  /// No more values; the receiver gets what is left, then errc::closed with `reason`.
  void close(error reason = errc::closed) {
    if (closed_) return;
    closed_ = std::move(reason);
    changed_.set();
  }

  /// The next value. Cancellation unwinds and loses nothing.
  task<Value> next() {
    while (values_.empty()) {
      if (closed_) co_return *closed_;
      co_await changed_.wait();
    }
    auto value = std::move(values_.front());
    values_.pop_front();
    co_return value;
  }

  std::size_t size() const { return values_.size(); }
  bool is_closed() const { return closed_.has_value(); }

 private:
  std::size_t capacity_;
  event changed_;
  std::deque<Value> values_;
  std::optional<error> closed_;
};

}  // namespace helenus::base
