#include "jmx/remote/fetch_machine.h"

#include "jmx/errc.h"
#include "jmx/remote/calls.h"

namespace helenus::jmx {

std::vector<fetch_action> fetch_machine::start() {
  if (options_.from) next_ = *options_.from;
  return {fetch()};
}

std::vector<fetch_action> fetch_machine::replied(const reply& answer) {
  if (const auto* thrown = answer.exception()) return refused(*thrown);
  const auto outcome = answer.outcome();
  if (!outcome) return end(outcome.error());
  if (outcome->is_null()) {
    return end({errc::closed, "the JMX server closes this session"});
  }
  const auto got = read_fetch_result(*outcome);
  if (!got) return end(got.error());
  return answered(*got);
}

std::vector<fetch_action> fetch_machine::connection_lost() { return {fetch()}; }

std::vector<fetch_action> fetch_machine::answered(const fetch_result& got) {
  std::vector<fetch_action> actions;
  if (!started_) actions.emplace_back(fetch_started{next_ < 0 ? got.next : next_});
  started_ = true;
  one_by_one_ = false;
  if (next_ < 0) {
    next_ = got.next;
    actions.emplace_back(fetch());
    return actions;
  }
  if (got.next < next_) {
    return end({errc::server_restarted,
                "the notification sequence went back: the JMX server was restarted"});
  }
  // The server says nothing when it skips what its ring no longer holds; only this tells.
  if (got.earliest > next_) actions.emplace_back(notifications_lost{got.earliest - next_});
  const bool moved = got.next != next_;
  next_ = got.next;
  if (moved || !got.notifications.empty()) {
    actions.emplace_back(deliver{got.notifications, next_});
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
  if (!one_by_one_) {
    one_by_one_ = true;
    return {fetch()};
  }
  ++next_;
  return {notifications_lost{1}, fetch()};
}

std::vector<fetch_action> fetch_machine::end(error failure, const remote_exception* thrown) {
  fetch_ended ended{std::move(failure), {}};
  if (thrown) ended.thrown = *thrown;
  return {std::move(ended)};
}

fetch_now fetch_machine::fetch() const {
  const auto max = one_by_one_ ? 1 : options_.max;
  return {calls::fetch_notifications(connection_, next_, max, options_.wait), options_.wait};
}

}  // namespace helenus::jmx
