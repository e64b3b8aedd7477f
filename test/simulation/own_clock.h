#pragma once

#include "base/clock.h"

namespace helenus::test {

/// The clock of one machine among others: time passes as everywhere, the calendar may be wrong.
class own_clock final : public base::clock {
 public:
  explicit own_clock(base::virtual_clock& time) : time_(time) {}

  time_point now() const override { return time_.now(); }
  wall_time wall_now() const override { return time_.wall_now() + wrong_by_; }
  boost::asio::awaitable<void> sleep_until(time_point when) override {
    return time_.sleep_until(when);
  }

  /// From now on the calendar is ahead by this; behind, if negative.
  void be_wrong_by(std::chrono::milliseconds length) { wrong_by_ = length; }

 private:
  base::virtual_clock& time_;
  std::chrono::milliseconds wrong_by_{0};
};

}  // namespace helenus::test
