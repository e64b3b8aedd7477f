#pragma once

#include <mutex>
#include <utility>
#include <vector>

namespace helenus::base {

/// Collects items on one thread and hands all of them at once to another: the way in which writes
/// that arrive during a slow commit share the next one.
template <class Item>
class batch_queue {
 public:
  void push(Item item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
  }
  /// Everything pushed since the last call, in order.
  std::vector<Item> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(items_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Item> items_;
};

}  // namespace helenus::base
