#include "jmx/call_pool.h"

#include "base/assert.h"
#include "base/log.h"
#include "jmx/errc.h"
#include "jmx/network_error.h"
#include "jmx/remote/calls.h"

#include <algorithm>
#include <utility>

namespace helenus::jmx {

/// A call that waits for its turn.
struct call_pool::waiter {
  bool slow;
  bool granted = false;
  base::event changed;
};

/// The right to run one call, held while it runs.
class call_pool::slot {
 public:
  slot(call_pool& pool, bool slow) : pool_(pool), slow_(slow) {}
  ~slot() {
    if (held_) pool_.give_back(slow_);
  }
  slot(const slot&) = delete;
  slot& operator=(const slot&) = delete;

  bool slow() const { return slow_; }
  /// Takes the right now.
  void take() {
    held_ = true;
    ++pool_.running_;
    if (slow_) ++pool_.slow_running_;
  }
  /// The right was already counted for us.
  void granted() { held_ = true; }

 private:
  call_pool& pool_;
  bool slow_;
  bool held_ = false;
};

/// A place in the queue, given up when the wait ends, be it cancelled between the grant and our
/// turn.
class call_pool::queue_place {
 public:
  queue_place(call_pool& pool, waiter& me, slot& into)
      : pool_(pool), me_(me), into_(into), place_(pool.waiting_.insert(pool.waiting_.end(), &me)) {}
  ~queue_place() {
    if (me_.granted) {
      into_.granted();
    } else {
      pool_.waiting_.erase(place_);
    }
  }
  queue_place(const queue_place&) = delete;
  queue_place& operator=(const queue_place&) = delete;

 private:
  call_pool& pool_;
  waiter& me_;
  slot& into_;
  std::list<waiter*>::iterator place_;
};

call_pool::call_pool(base::clock& clock, boost::asio::any_io_executor executor,
                     client_options options, login_outcome login, connection_opener open)
    : clock_(clock),
      executor_(executor),
      options_(std::move(options)),
      session_(std::move(login.opened)),
      open_(std::move(open)),
      last_answer_(clock.now()),
      look_(executor) {
  options_.call_sockets = std::clamp(options_.call_sockets, 1u, most_call_sockets);
  all_.push_back(login.socket);
  idle_.push_back(std::move(login.socket));
}

call_pool::~call_pool() {
  HELENUS_ASSERT(waiting_.empty() && running_ == 0 && watchers_ == nullptr);
  end(errc::closed);
}

// --- who may run -----------------------------------------------------------------------------

bool call_pool::may_start(bool slow) const {
  if (running_ >= options_.call_sockets) return false;
  const unsigned most_slow = std::max(1u, options_.call_sockets - 1);
  return !slow || slow_running_ < most_slow;
}

bool call_pool::try_take(slot& into) {
  const bool overtakes = std::ranges::any_of(
      waiting_, [&](const waiter* other) { return !other->slow || into.slow(); });
  if (overtakes || !may_start(into.slow())) return false;
  into.take();
  return true;
}

task<void> call_pool::wait_for_slot(slot& into) {
  if (waiting_.size() >= options_.waiting_calls) {
    co_return error{errc::limit_exceeded, net::to_text(options_.server) + ": " +
                                              std::to_string(waiting_.size()) +
                                              " calls are waiting already"};
  }
  waiter me{into.slow(), false, base::event(executor_)};
  const queue_place place(*this, me, into);
  while (!me.granted && !ended_) co_await me.changed.wait();
  if (ended_) co_return *ended_;
  co_return result<void>{};
}

void call_pool::give_back(bool slow) {
  --running_;
  if (slow) --slow_running_;
  serve_waiters();
}

void call_pool::serve_waiters() {
  for (auto next = waiting_.begin(); next != waiting_.end();) {
    auto* waiting = *next;
    if (!may_start(waiting->slow)) {
      ++next;  // a slow one may wait while later ones that are not slow run
      continue;
    }
    ++running_;
    if (waiting->slow) ++slow_running_;
    waiting->granted = true;
    next = waiting_.erase(next);
    waiting->changed.set();
  }
}

// --- calls -----------------------------------------------------------------------------------

task<reply> call_pool::call(remote_call request, base::clock::duration timeout, bool slow) {
  const auto deadline = clock_.now() + timeout;
  if (ended_) co_return *ended_;
  slot turn(*this, slow);
  if (!try_take(turn)) {
    auto waiting = base::with_timeout(clock_, wait_for_slot(turn), timeout, "a socket");
    const auto taken = co_await std::move(waiting);
    if (!taken && taken.error().code == base::errc::timed_out) {
      co_return error{errc::call_timed_out, net::to_text(options_.server) +
                                                ": no socket was free in " +
                                                base::to_text(timeout) + " for " + request.name};
    }
    if (!taken) co_return taken.error();
  }
  co_return co_await call_in_slot(std::move(request), deadline);
}

task<reply> call_pool::call_in_slot(remote_call request, base::clock::time_point deadline) {
  auto socket = take_idle();
  const bool reused = socket != nullptr;
  std::optional<remote_call> again;
  if (reused && request.idempotent) again = request;
  auto answer = co_await call_once(socket, std::move(request), deadline);
  // The server may have closed a socket that lay idle just when we used it.
  if (!answer && again && !ended_ && answer.error().code == errc::closed) {
    socket = nullptr;
    answer = co_await call_once(socket, std::move(*again), deadline);
  }
  if (!answer) {
    if (is_lost_connection(answer.error()) || base::is_transient(answer.error())) doubt();
    co_return ended_ ? *ended_ : answer.error();
  }
  answered();
  judge(*answer);
  if (ended_) co_return *ended_;
  keep(std::move(socket));
  co_return std::move(*answer);
}

task<reply> call_pool::call_once(std::shared_ptr<connection>& used, remote_call request,
                                 base::clock::time_point deadline) {
  if (!used) {
    auto opening = base::with_timeout(clock_, open_socket(), deadline - clock_.now(), "a socket");
    auto opened = co_await std::move(opening);
    if (!opened && opened.error().code == base::errc::timed_out) {
      co_return error{errc::call_timed_out, net::to_text(options_.server) +
                                                ": no socket could be opened for " + request.name};
    }
    if (!opened) co_return std::move(opened).error();
    used = std::move(*opened);
  }
  const auto socket = used;
  co_return co_await socket->call(std::move(request), deadline - clock_.now());
}

task<std::shared_ptr<connection>> call_pool::open_socket() {
  if (ended_) co_return *ended_;
  const net::endpoint where{session_.host.value_or(options_.server.host), session_.port};
  CO_TRY(socket, co_await open_(where, session_.tls, limits_after_login(options_)));
  if (ended_) co_return *ended_;
  std::erase_if(all_, [](const std::weak_ptr<connection>& other) { return other.expired(); });
  all_.push_back(socket);
  co_return socket;
}

std::shared_ptr<connection> call_pool::take_idle() {
  while (!idle_.empty()) {
    auto socket = std::move(idle_.back());
    idle_.pop_back();
    if (socket->usable()) return socket;
  }
  return nullptr;
}

void call_pool::keep(std::shared_ptr<connection> socket) {
  if (!socket->usable()) return;
  begin_watching(socket);
  idle_.push_back(std::move(socket));
}

// --- whether the session lives -----------------------------------------------------------------

void call_pool::judge(const reply& answer) {
  const auto* thrown = answer.exception();
  if (!thrown) return;
  auto failure = thrown->to_error();
  if (failure.code == errc::no_such_object) {
    end({errc::closed, net::to_text(options_.server) +
                           ": the server no longer knows the session: " + failure.message()});
  }
}

void call_pool::end(error reason) {
  if (ended_) return;
  ended_ = std::move(reason);
  idle_.clear();
  for (const auto& socket : all_) {
    if (const auto open = socket.lock()) open->abort(*ended_);
  }
  for (auto* waiting : waiting_) waiting->changed.set();
  look_.set();
}

task<void> call_pool::close() {
  if (ended_) co_return result<void>{};
  auto goodbye = calls::close(session_.connection);
  static_cast<void>(co_await call(std::move(goodbye), options_.timeouts.close, false));
  const auto sockets = std::exchange(idle_, {});
  for (const auto& socket : sockets) co_await socket->close(options_.timeouts.close);
  end({errc::closed, net::to_text(options_.server) + ": the session was closed"});
  co_return result<void>{};
}

}  // namespace helenus::jmx
