#pragma once

#include "base/clock.h"
#include "base/event.h"
#include "base/task.h"
#include "net/errc.h"
#include "net/stream.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace helenus::jmx {

/// A String as the answer of a call, as a JRMP server sends it. For texts below 64 KiB.
inline std::string string_answer(std::string_view text) {
  std::string bytes("\x51\xac\xed\x00\x05\x77\x0f\x01", 8);
  bytes.append(14, '\x07');  // the UID of the reply
  bytes += '\x74';
  bytes += static_cast<char>(text.size() >> 8);
  bytes += static_cast<char>(text.size() & 0xff);
  return bytes + std::string(text);
}

/// The server's side of one socket: accepts the handshake and answers calls as a function says.
class fake_peer final : public net::stream {
 public:
  struct behaviour {
    base::clock::duration after{};     ///< the answer comes after this long
    std::optional<std::string> bytes;  ///< the answer; none: the peer closes the connection
  };
  /// What to do with a call, given the bytes of its message.
  using script = std::function<behaviour(const std::string& call)>;

  fake_peer(base::clock& clock, boost::asio::any_io_executor executor, script answers)
      : clock_(clock),
        answers_(std::move(answers)),
        read_changed_(executor),
        idle_changed_(executor) {}

  task<void> write(std::span<const std::byte> bytes) override {
    if (!open_) co_return net::errc::closed;
    const std::string said(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (said.starts_with("JRMI")) {
      say({{},
           std::string("\x4e\x00\x09"
                       "127.0.0.1"
                       "\x00\x00\x10\x00",
                       16)});
    } else if (said.starts_with('\x50')) {
      say(answers_(said));
    }
    co_return result<void>{};
  }

  task<std::size_t> read_some(std::span<std::byte> into) override {
    while (open_ && !ended_ && pending_.empty() && !next_) co_await read_changed_.wait();
    if (open_ && next_) {
      const auto coming = *std::exchange(next_, std::nullopt);
      // Nothing is sent to who closed the connection in the meantime.
      const auto due = clock_.now() + coming.after;
      while (open_ && clock_.now() < due) {
        auto waiting = base::with_timeout(clock_, change(), due - clock_.now(), "the answer");
        static_cast<void>(co_await std::move(waiting));
      }
      ended_ = !coming.bytes;
      pending_ += coming.bytes.value_or("");
    }
    if (!open_) co_return net::errc::closed;
    if (pending_.empty()) co_return net::errc::closed_by_peer;
    const auto size = std::min(into.size(), pending_.size());
    std::memcpy(into.data(), pending_.data(), size);
    pending_.erase(0, size);
    co_return size;
  }

  task<void> wait_readable() override {
    while (open_ && quiet()) co_await idle_changed_.wait();
    co_return result<void>{};
  }
  bool quiet() override { return open_ && !ended_ && pending_.empty(); }
  task<void> close() override {
    abort();
    co_return result<void>{};
  }
  void abort() noexcept override {
    open_ = false;
    wake();
  }
  const std::string& peer() const override { return peer_; }

  /// The server leaves.
  void hang_up() {
    ended_ = true;
    wake();
  }
  bool is_open() const { return open_; }

 private:
  void say(behaviour what) {
    next_ = std::move(what);
    wake();
  }
  task<void> change() {
    co_await read_changed_.wait();
    co_return result<void>{};
  }
  void wake() {
    read_changed_.set();
    idle_changed_.set();
  }

  base::clock& clock_;
  script answers_;
  std::optional<behaviour> next_;
  std::string pending_;
  bool open_ = true;
  bool ended_ = false;
  base::event read_changed_;
  base::event idle_changed_;
  std::string peer_ = "fake:7199";
};

}  // namespace helenus::jmx
