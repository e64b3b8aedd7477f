#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace helenus::base {

/// Time as the engine sees it: real, or virtual in tests and simulations.
class clock {
 public:
  using duration = std::chrono::nanoseconds;
  /// Monotonic, for intervals and deadlines.
  using time_point = std::chrono::time_point<std::chrono::steady_clock, duration>;
  /// Calendar time in milliseconds, for what is stored and shown.
  using wall_time = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

  virtual ~clock() = default;
  virtual time_point now() const = 0;
  virtual wall_time wall_now() const = 0;
  /// Ends at `when`, at once if it is past. Cancellation unwinds.
  virtual boost::asio::awaitable<void> sleep_until(time_point when) = 0;

  /// Ends after `length`. Cancellation unwinds.
  boost::asio::awaitable<void> sleep_for(duration length) { return sleep_until(now() + length); }
};

/// "150 ms", "5 s", "2 min": for sentences, not for parsing.
std::string to_text(clock::duration length);

/// "2026-01-31T12:00:00.250Z" (ISO 8601, UTC).
std::string to_text(clock::wall_time when);

class real_clock final : public clock {
 public:
  time_point now() const override;
  wall_time wall_now() const override;
  boost::asio::awaitable<void> sleep_until(time_point when) override;
};

/// A clock that only moves when told to, or when run() finds nothing else to do. Starts at
/// 2026-01-01T00:00:00Z. Not thread safe: one io_context, one thread.
class virtual_clock final : public clock {
 public:
  time_point now() const override { return now_; }
  wall_time wall_now() const override;
  boost::asio::awaitable<void> sleep_until(time_point when) override;

  /// Moves time forward and wakes the sleepers that are due, in order of their time.
  void advance(duration length);
  /// Runs everything that is ready; then moves time to the next sleeper; and so on, until nothing
  /// is ready and nobody sleeps, or time would pass `limit` from now. Returns whether it became
  /// idle.
  bool run(boost::asio::io_context& context, duration limit) {
    return run_until(context, now_ + limit, [] { return false; });
  }
  /// As run(), to the time `end`, and ends early (true) when `done` says so.
  bool run_until(boost::asio::io_context& context, time_point end,
                 const std::function<bool()>& done);

 private:
  struct sleeper;
  void wake_due();

  time_point now_{};
  std::multimap<time_point, sleeper*> sleepers_;
};

}  // namespace helenus::base
