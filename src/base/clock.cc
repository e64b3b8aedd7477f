#include "base/clock.h"

#include "base/assert.h"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdio>
#include <ctime>

namespace helenus::base {

namespace asio = boost::asio;
using namespace std::chrono_literals;

std::string to_text(clock::duration length) {
  using namespace std::chrono;
  const auto whole = [](auto count, const char* unit) { return std::to_string(count) + unit; };
  if (length < 1ms) return whole(duration_cast<microseconds>(length).count(), " us");
  if (length < 10s && length % 1s != 0ns) {
    return whole(duration_cast<milliseconds>(length).count(), " ms");
  }
  if (length < 120s) return whole(duration_cast<seconds>(length).count(), " s");
  if (length < 120min) return whole(duration_cast<minutes>(length).count(), " min");
  return whole(duration_cast<hours>(length).count(), " h");
}

std::string to_text(clock::wall_time when) {
  const auto second = std::chrono::floor<std::chrono::seconds>(when);
  const std::time_t seconds = second.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  char fraction[8];
  std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>((when - second).count()));
  return std::string(text, length) + fraction;
}

clock::time_point real_clock::now() const {
  return std::chrono::time_point_cast<duration>(std::chrono::steady_clock::now());
}

clock::wall_time real_clock::wall_now() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

asio::awaitable<void> real_clock::sleep_until(time_point when) {
  asio::steady_timer timer(co_await asio::this_coro::executor, when);
  co_await timer.async_wait(asio::use_awaitable);
}

// A sleeping coroutine: waits on a timer that never fires and is cancelled to wake it.
struct virtual_clock::sleeper {
  asio::steady_timer timer;
  bool woken = false;
};

clock::wall_time virtual_clock::wall_now() const {
  constexpr wall_time epoch{1767225600000ms};  // 2026-01-01T00:00:00Z
  return epoch + std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch());
}

asio::awaitable<void> virtual_clock::sleep_until(time_point when) {
  sleeper self{asio::steady_timer(co_await asio::this_coro::executor,
                                  asio::steady_timer::time_point::max())};
  if (when <= now_) {
    // Yield once, as a real timer would, so that loops without waiting do not starve others.
    self.timer.expires_at(asio::steady_timer::time_point::min());
    co_await self.timer.async_wait(asio::use_awaitable);
    co_return;
  }
  struct registration {
    virtual_clock& clock;
    std::multimap<time_point, sleeper*>::iterator place;
    sleeper& who;
    ~registration() {
      if (!who.woken) clock.sleepers_.erase(place);
    }
  };
  const registration entry{*this, sleepers_.emplace(when, &self), self};
  boost::system::error_code ignored;  // the timer only ever ends by being cancelled
  co_await self.timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

void virtual_clock::wake_due() {
  while (!sleepers_.empty() && sleepers_.begin()->first <= now_) {
    auto* next = sleepers_.begin()->second;
    sleepers_.erase(sleepers_.begin());
    next->woken = true;
    next->timer.cancel();
  }
}

void virtual_clock::advance(duration length) {
  now_ += length;
  wake_due();
}

bool virtual_clock::run_until(asio::io_context& context, time_point end,
                              const std::function<bool()>& done) {
  while (true) {
    if (context.stopped()) context.restart();
    while (context.poll() > 0) {
    }
    if (done()) return true;
    if (sleepers_.empty()) return true;
    if (sleepers_.begin()->first > end) return false;
    now_ = sleepers_.begin()->first;
    wake_due();
  }
}

}  // namespace helenus::base
