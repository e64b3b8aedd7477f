#include "jmx/remote/fetch_machine.h"

#include "jmx/errc.h"
#include "jmx/remote/calls.h"

#include <algorithm>
#include <utility>

namespace helenus::jmx {

using namespace std::chrono_literals;

namespace {

// Between two fetches of which the first brought nothing. A server that holds a fetch until there
// is an event, as it should, never makes us wait.
constexpr std::chrono::milliseconds least_between{1'000};
// Events that are stepped over one by one before we give up all that came until now.
constexpr unsigned most_steps = 32;

}  // namespace

std::vector<fetch_action> fetch_machine::start() {
  if (options_.from) next_ = *options_.from;
  return {fetch()};
}

std::vector<fetch_action> fetch_machine::replied(const reply& answer,
                                                 std::chrono::milliseconds took) {
  if (const auto* thrown = answer.exception()) return refused(*thrown);
  const auto outcome = answer.outcome();
  if (!outcome) return end(outcome.error());
  if (outcome->is_null()) {
    return end({errc::closed, "the JMX server closes this session"});
  }
  const auto got = read_fetch_result(*outcome);
  if (!got) return end(got.error());
  return answered(*got, took);
}

std::vector<fetch_action> fetch_machine::connection_lost() { return {fetch()}; }

std::vector<fetch_action> fetch_machine::answered(const fetch_result& got,
                                                  std::chrono::milliseconds took) {
  if (next_ < 0) return begun(got.next);
  std::vector<fetch_action> actions;
  if (!started_) actions.emplace_back(fetch_started{next_});
  started_ = true;
  stepped_over_ = 0;
  if (got.next < next_) {
    return end({errc::server_restarted,
                "the notification sequence went back: the JMX server was restarted"});
  }
  // The server says nothing when it skips what its ring no longer holds; only this tells.
  if (got.earliest > next_) actions.emplace_back(notifications_lost{got.earliest - next_});
  // A full answer has perhaps more of the same behind it.
  const bool full = got.notifications.size() >= static_cast<std::size_t>(max_);
  max_ = full ? std::min(options_.max, 2 * max_) : options_.max;
  const bool moved = got.next != next_;
  next_ = got.next;
  if (moved || !got.notifications.empty()) {
    actions.emplace_back(deliver{got.notifications, next_});
  }
  const bool waited = took >= options_.wait;
  const bool in_vain = got.notifications.empty() && !waited;
  actions.emplace_back(fetch(in_vain ? std::max(0ms, least_between - took) : 0ms));
  return actions;
}

/// The server has said where the present is.
std::vector<fetch_action> fetch_machine::begun(std::int64_t at) {
  std::vector<fetch_action> actions;
  if (!started_) actions.emplace_back(fetch_started{at});
  started_ = true;
  next_ = at;
  if (const auto from = std::exchange(jumped_from_, std::nullopt)) {
    if (at < *from) {
      return end({errc::server_restarted,
                  "the notification sequence went back: the JMX server was restarted"});
    }
    actions.emplace_back(notifications_lost{std::max<std::int64_t>(1, at - *from)});
  }
  actions.emplace_back(fetch());
  return actions;
}

std::vector<fetch_action> fetch_machine::refused(const remote_exception& thrown) {
  if (!thrown.find("java.io.NotSerializableException") || next_ < 0) {
    return end(thrown.to_error(), &thrown);
  }
  // One of the events cannot be sent, and the same fetch would fail forever. Ask for single events
  // to find it, then step over it.
  if (max_ > 1) {
    max_ = 1;
    return {fetch()};
  }
  if (stepped_over_ == most_steps) return jump();
  ++stepped_over_;
  ++next_;
  return {notifications_lost{1}, fetch()};
}

std::vector<fetch_action> fetch_machine::unreadable(error why) {
  if (next_ < 0) return end(std::move(why));
  if (max_ == 1) return jump();
  max_ = std::max(1, max_ / 4);
  return {fetch()};
}

/// Gives up what lies between here and the present. The event in the way may be far behind next_
/// (those of MBeans that we do not listen to have numbers as well), and to step there could mean
/// to read it hundreds of times.
std::vector<fetch_action> fetch_machine::jump() {
  jumped_from_ = next_;
  next_ = -1;
  return {fetch(least_between)};
}

std::vector<fetch_action> fetch_machine::end(error failure, const remote_exception* thrown) {
  fetch_ended ended{std::move(failure), {}};
  if (thrown) ended.thrown = *thrown;
  return {std::move(ended)};
}

fetch_now fetch_machine::fetch(std::chrono::milliseconds pause) const {
  return {calls::fetch_notifications(connection_, next_, max_, options_.wait), options_.wait,
          pause};
}

}  // namespace helenus::jmx
