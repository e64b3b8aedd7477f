#include "jmx/connection.h"

#include "base/assert.h"
#include "jmx/errc.h"
#include "jmx/network_error.h"
#include "net/errc.h"

#include <utility>
#include <variant>

namespace helenus::jmx {
namespace {

// Most answers fit the first; a fetch waits with it, so it is small. The second is for the others.
constexpr std::size_t first_read = 4 * 1024;
constexpr std::size_t later_reads = 64 * 1024;

/// Overwrites a message that holds a password once it was sent, or could not be.
class wipe_after {
 public:
  explicit wipe_after(send_bytes& message) : message_(message) {}
  ~wipe_after() {
    if (!message_.secret) return;
    volatile char* byte = message_.bytes.data();
    for (std::size_t left = message_.bytes.size(); left > 0; --left) *byte++ = '\0';
  }
  wipe_after(const wipe_after&) = delete;
  wipe_after& operator=(const wipe_after&) = delete;

 private:
  send_bytes& message_;
};

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

/// While it lives the connection is busy; left by an error or by cancellation, it closes the
/// socket.
class connection::exchange_scope {
 public:
  explicit exchange_scope(connection& owner) : owner_(owner) { owner_.busy_ = true; }
  ~exchange_scope() {
    owner_.busy_ = false;
    if (!whole_) owner_.stream_->abort();
    owner_.idle_again_.set();
  }
  exchange_scope(const exchange_scope&) = delete;
  exchange_scope& operator=(const exchange_scope&) = delete;
  /// The exchange came to its end: what follows on the stream is the next one.
  void whole() { whole_ = true; }

 private:
  connection& owner_;
  bool whole_ = false;
};

connection::connection(base::clock& clock, boost::asio::any_io_executor executor,
                       std::unique_ptr<net::stream> stream, reader_limits limits)
    : clock_(clock), stream_(std::move(stream)), machine_(limits), idle_again_(executor) {}

bool connection::usable() { return !busy_ && machine_.usable() && stream_->quiet(); }

task<void> connection::start(base::clock::duration timeout) {
  exchange_scope scope(*this);
  CO_TRY_VOID(co_await in_time(exchange(machine_.start()), timeout));
  if (machine_.usable()) scope.whole();
  co_return result<void>{};
}

task<reply> connection::call(remote_call request, base::clock::duration timeout) {
  HELENUS_ASSERT(!busy_ && machine_.usable());
  exchange_scope scope(*this);
  CO_TRY(answer, co_await in_time(exchange(machine_.call(std::move(request))), timeout));
  if (machine_.usable()) scope.whole();
  HELENUS_ASSERT(answer.has_value());
  co_return std::move(*answer);
}

task<std::optional<reply>> connection::in_time(task<std::optional<reply>> work,
                                               base::clock::duration timeout) {
  auto waiting = base::with_timeout(clock_, std::move(work), timeout, machine_.waiting_for());
  auto outcome = co_await std::move(waiting);
  if (outcome || outcome.error().code != base::errc::timed_out) co_return outcome;
  auto late = failure_of(machine_.deadline_passed(), "the deadline passed");
  co_return base::with_context(std::move(late), peer());
}

/// Carries out the machine's wishes until a call is answered or the handshake is over.
task<std::optional<reply>> connection::exchange(transport_actions actions) {
  std::vector<std::byte> buffer(first_read);
  for (;;) {
    for (auto& action : actions) {
      if (auto* out = std::get_if<send_bytes>(&action)) {
        const wipe_after guard(*out);
        const auto written = co_await stream_->write(std::as_bytes(std::span(out->bytes)));
        if (!written && aborted_) co_return *aborted_;
        if (!written) co_return base::with_context(from_network(written.error()), peer());
      } else if (auto* replied = std::get_if<call_replied>(&action)) {
        co_return std::optional<reply>(std::move(replied->answer));
      } else if (auto* lost = std::get_if<transport_failed>(&action)) {
        co_return base::with_context(std::move(lost->failure), peer());
      } else {
        co_return std::optional<reply>();
      }
    }
    CO_TRY(next, co_await receive(buffer));
    actions = std::move(next);
  }
}

/// Reads once and tells the machine.
task<transport_actions> connection::receive(std::vector<std::byte>& buffer) {
  const auto size = co_await stream_->read_some(buffer);
  if (aborted_) co_return *aborted_;
  if (!size && size.error().code == net::errc::closed_by_peer) co_return machine_.end_of_stream();
  if (!size) co_return base::with_context(from_network(size.error()), peer());
  auto actions = machine_.receive(text_of(std::span(buffer).first(*size)));
  if (*size == buffer.size()) buffer.resize(later_reads);
  co_return actions;
}

error connection::failure_of(transport_actions actions, const char* otherwise) {
  for (auto& action : actions) {
    if (auto* lost = std::get_if<transport_failed>(&action)) return std::move(lost->failure);
  }
  return {errc::closed, otherwise};
}

task<void> connection::lost_while_idle() {
  for (;;) {
    const auto readable = co_await stream_->wait_readable();
    if (!readable) break;
    if (busy_) {
      co_await idle_again_.wait();
    } else if (!stream_->quiet()) {
      break;
    }
  }
  co_return result<void>{};
}

task<void> connection::close(base::clock::duration timeout) {
  auto goodbye = base::with_timeout(clock_, stream_->close(), timeout, "the end of the connection");
  static_cast<void>(co_await std::move(goodbye));
  stream_->abort();
  co_return result<void>{};
}

void connection::abort(error reason) {
  if (!aborted_) aborted_ = std::move(reason);
  stream_->abort();
}

}  // namespace helenus::jmx
