#include "jmx/notification_stream.h"

#include "base/assert.h"
#include "base/overload.h"
#include "jmx/call_pool.h"
#include "jmx/connection.h"
#include "jmx/errc.h"
#include "jmx/remote/calls.h"

#include <algorithm>
#include <utility>

namespace helenus::jmx {
namespace {

// The server answers a fetch at the latest when its time is over; this is for the way.
constexpr std::chrono::seconds fetch_grace{15};
// Sockets that may break one after the other without a single answer before we give up.
constexpr unsigned most_losses = 3;

fetch_options machine_options(const client_options& options,
                              std::optional<std::int64_t> resume_from) {
  fetch_options machine;
  machine.max = options.fetch_events;
  machine.wait = options.timeouts.fetch;
  machine.from = resume_from;
  return machine;
}

task<std::vector<std::int32_t>> add_listeners(call_pool& pool, std::vector<object_name> mbeans) {
  auto request = calls::add_notification_listeners(pool.session_id(), mbeans);
  CO_TRY(answer, co_await pool.call(std::move(request), pool.options().timeouts.call, false));
  CO_TRY(outcome, answer.outcome());
  CO_TRY(ids, outcome.as_longs());
  if (ids.size() != mbeans.size()) {
    co_return error{errc::malformed, "not one listener id for each MBean"};
  }
  co_return std::vector<std::int32_t>(ids.begin(), ids.end());
}

/// The server lives and answers, but what it says cannot be taken in.
bool is_unreadable(const error& failure) {
  return failure.code == errc::limit_exceeded || failure.code == errc::malformed;
}

}  // namespace

notification_stream::notification_stream(call_pool& pool, std::vector<object_name> mbeans,
                                         std::vector<std::int32_t> listeners,
                                         std::optional<std::int64_t> resume_from)
    : pool_(pool),
      mbeans_(std::move(mbeans)),
      listeners_(std::move(listeners)),
      machine_(pool.session_id(), machine_options(pool.options(), resume_from)) {}

notification_stream::~notification_stream() {
  if (socket_) socket_->abort(errc::closed);
}

task<std::unique_ptr<notification_stream>> notification_stream::open(
    call_pool& pool, std::vector<object_name> mbeans, std::optional<std::int64_t> resume_from) {
  CO_TRY(listeners, co_await add_listeners(pool, mbeans));
  std::unique_ptr<notification_stream> stream(
      new notification_stream(pool, std::move(mbeans), std::move(listeners), resume_from));
  const auto begun = co_await stream->begin();
  if (!begun) {
    co_await stream->close();
    co_return begun.error();
  }
  co_return stream;
}

/// Fetches until the machine knows where the stream begins.
task<void> notification_stream::begin() {
  carry_out(machine_.start());
  while (!started_ && !ended_) {
    auto actions = co_await fetch();
    if (!actions) co_return actions.error();
    carry_out(std::move(*actions));
  }
  if (ended_) co_return *ended_;
  co_return result<void>{};
}

task<notification_stream::item> notification_stream::next() {
  while (arrived_.empty()) {
    if (ended_) co_return *ended_;
    auto actions = co_await fetch();
    if (actions) {
      carry_out(std::move(*actions));
    } else {
      ended_ = std::move(actions).error();
    }
  }
  auto first = std::move(arrived_.front());
  arrived_.pop_front();
  co_return first;
}

std::int64_t notification_stream::next_sequence() const {
  return arrived_.empty() ? machine_.next() : batch_start_;
}

/// Makes the fetch that is due. A lost socket is the machine's to judge; what ends the stream is an
/// error.
task<std::vector<fetch_action>> notification_stream::fetch() {
  HELENUS_ASSERT(next_fetch_.has_value());
  const auto pause = std::exchange(next_fetch_->pause, {});
  if (pause.count() > 0) co_await pool_.clock().sleep_for(pause);
  if (pool_.ended()) co_return *pool_.ended();
  if (!socket_ || !socket_->usable()) {
    auto opened = co_await pool_.open_socket();
    if (!opened) {
      pool_.doubt();
      co_return error{errc::closed, "no socket for notifications: " + opened.error().message()};
    }
    socket_ = std::move(*opened);
  }
  batch_start_ = machine_.next();
  const auto asked = pool_.clock().now();
  auto answer = co_await socket_->call(next_fetch_->call, next_fetch_->wait + fetch_grace);
  if (pool_.ended()) co_return *pool_.ended();
  if (answer) {
    losses_ = 0;
    pool_.answered();
    pool_.judge(*answer);
    if (pool_.ended()) co_return *pool_.ended();
    const auto took = pool_.clock().now() - asked;
    co_return machine_.replied(*answer, std::chrono::ceil<std::chrono::milliseconds>(took));
  }
  pool_.doubt();
  if (is_unreadable(answer.error())) co_return machine_.unreadable(std::move(answer).error());
  if (++losses_ > most_losses) co_return answer.error();
  co_return machine_.connection_lost();
}

void notification_stream::carry_out(std::vector<fetch_action> actions) {
  next_fetch_.reset();
  for (auto& action : actions) {
    std::visit(base::overload{
                   [this](fetch_now& fetch) { next_fetch_ = std::move(fetch); },
                   [this](fetch_started&) { started_ = true; },
                   [this](deliver& batch) { take(std::move(batch.notifications)); },
                   [this](notifications_lost& gap) { arrived_.push_back(gap); },
                   [this](fetch_ended& end) { ended_ = std::move(end.failure); },
               },
               action);
  }
}

/// The server gives each fetch the events of all listeners of the session, other streams' as well.
void notification_stream::take(std::vector<notification> arrived) {
  for (auto& one : arrived) {
    if (std::ranges::find(listeners_, one.listener) != listeners_.end()) {
      arrived_.push_back(std::move(one));
    }
  }
}

task<void> notification_stream::close() {
  if (!ended_) ended_ = error{errc::closed, "the notifications were closed"};
  if (socket_) socket_->abort(*ended_);
  for (std::size_t i = 0; i < listeners_.size() && !pool_.ended(); ++i) {
    auto request =
        calls::remove_notification_listeners(pool_.session_id(), mbeans_[i], {listeners_[i]});
    static_cast<void>(
        co_await pool_.call(std::move(request), pool_.options().timeouts.close, false));
  }
  listeners_.clear();
  co_return result<void>{};
}

}  // namespace helenus::jmx
