#include "management/link/node_link.h"

#include "base/log.h"
#include "base/overload.h"
#include "base/uuid.h"
#include "management/errc.h"
#include "model/cluster.h"

#include <utility>

namespace helenus::management::link {
namespace {

constexpr auto component = "management";

/// Counts a waiting call as long as it waits, however the wait ends.
class counted {
 public:
  explicit counted(std::size_t& count) : count_(count) { ++count_; }
  ~counted() { --count_; }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;

 private:
  std::size_t& count_;
};

}  // namespace

node_link::node_link(boost::asio::any_io_executor executor, base::clock& clock, node_dialer& dialer,
                     link_options options, std::string expected_cluster, node_target target)
    : executor_(executor),
      clock_(clock),
      dialer_(dialer),
      options_(options),
      expected_cluster_(std::move(expected_cluster)),
      target_(std::move(target)),
      where_(net::to_text(target_.endpoint)),
      wanted_(executor),
      retirement_(executor),
      stream_wanted_(executor),
      changed_(executor) {}

task<void> node_link::run() {
  co_return co_await base::finally(live(), [this]() -> task<void> {
    phase_ = phase::closed;
    const auto node = std::exchange(node_, nullptr);
    for (auto* listener : listeners_) listener->on_unreachable(failing_fast());
    changed_.notify_all();
    if (node) co_await node->calls->close();
    co_return result<void>{};
  });
}

task<void> node_link::live() {
  while (!retired_) {
    while (!is_needed() && !retired_ && !abandoned_) co_await wanted_.wait();
    if (retired_ || !is_needed()) break;
    phase_ = phase::connecting;
    auto node = co_await connect();
    ++attempts_;
    if (!node) {
      co_await back_off(node.error());
      continue;
    }
    const auto since = clock_.now();
    opened(*node);
    const auto ended = co_await serve(*node);
    receiving_ = false;
    node_.reset();
    phase_ = phase::idle;
    const bool idle = ended.error().code == base::errc::closed;
    if (idle) {
      co_await (*node)->calls->close();
    } else {
      base::log_warn(component, "the connection to a node ended",
                     {{"node", where_}, {"error", ended.error().message()}});
    }
    if (clock_.now() - since >= options_.stable) failures_ = 0;
    if (listeners_.empty()) resume_from_.reset();
    // The first new attempt is made at once: most connections end because a node restarts or a
    // firewall forgets them, and running repairs wait.
    if (!idle && failures_ > 0) co_await back_off(ended.error());
    if (!idle) ++failures_;
    changed_.notify_all();
  }
  co_return result<void>{};
}

void node_link::retire(std::string why) {
  retired_ = true;
  retired_why_ = std::move(why);
  wanted_.set();
  retirement_.set();
}

void node_link::abandon() {
  abandoned_ = true;
  wanted_.set();
}

task<node_link::node_pointer> node_link::connect() {
  CO_TRY(calls, co_await dialer_.connect(target_));
  auto node = co_await identify(calls);
  if (!node) co_await calls->close();
  co_return node;
}

task<node_link::node_pointer> node_link::identify(std::shared_ptr<node_calls> calls) {
  CO_TRY(who, co_await calls->identity());
  CO_TRY_VOID(check(who));
  CO_TRY(version, quirks_of(who.release_version));
  co_return std::make_shared<const connected_node>(
      connected_node{std::move(calls), std::move(who), version});
}

result<void> node_link::check(const node_identity& who) const {
  if (!expected_cluster_.empty() && expected_cluster_ != who.cluster_name &&
      model::symbolic_name(expected_cluster_) != model::symbolic_name(who.cluster_name)) {
    return error{errc::wrong_node, where_ + " belongs to the cluster '" + who.cluster_name +
                                       "', not to '" + expected_cluster_ + "'"};
  }
  if (id_ && *id_ != who.id) {
    return error{errc::wrong_node, where_ + " is the node " + who.id.value().to_string() +
                                       ", not " + id_->value().to_string()};
  }
  // Sessions would take it for a restart, and repeat what runs.
  if (start_is_known_ && !who.start_is_known && !listeners_.empty()) {
    return error{errc::node_unreachable,
                 where_ + " does not say when it started, as it did before: its metrics fail"};
  }
  return {};
}

void node_link::opened(node_pointer node) {
  const auto& who = node->identity;
  if (jvm_start_ && *jvm_start_ != who.jvm_start) {
    base::log_warn(component, "a node was restarted", {{"node", where_}});
    resume_from_.reset();
    commands_.forget();
  }
  if (!expected_cluster_.empty()) id_ = who.id;
  jvm_start_ = who.jvm_start;
  start_is_known_ = who.start_is_known;
  node_ = std::move(node);
  phase_ = phase::open;
  reported_ = false;
  last_use_ = clock_.now();
  base::log_info(component, "connected to a node",
                 {{"node", where_}, {"version", node_->identity.release_version}});
  for (auto* listener : listeners_) listener->on_connected(node_->identity);
  if (!listeners_.empty()) stream_wanted_.set();
  changed_.notify_all();
}

task<void> node_link::serve(node_pointer node) {
  base::task_group group(executor_);
  group.spawn("watch the connection", node->calls->watch());
  group.spawn("receive events", receive(node));
  group.spawn("close when idle", close_when_idle());
  group.spawn("close when retired", close_when_retired());
  const auto ended = co_await group.join();
  co_return ended ? error{errc::connection_lost, "the connection ended"} : ended.error();
}

task<void> node_link::receive(node_pointer node) {
  while (!stream_needed_ && listeners_.empty()) co_await stream_wanted_.wait();
  const bool resumes = resume_from_.has_value();
  CO_TRY(stream, co_await node->calls->listen(resume_from_));
  receiving_ = true;
  stream_needed_ = false;
  if (!resumes) {
    commands_.forget_running();
    tell_lost("events from before this connection are not known");
  }
  resume_from_ = stream->next_sequence();
  changed_.notify_all();
  for (;;) {
    auto item = co_await stream->next();
    if (!item) {
      // Nothing can be resumed with a position that the node does not know.
      if (item.error().code != errc::connection_lost) resume_from_.reset();
      co_return item.error();
    }
    std::visit(base::overload{
                   [&](const progress_event& said) { deliver(said); },
                   [&](const events_missed& gap) {
                     commands_.forget_running();
                     tell_lost(gap.why);
                   },
               },
               *item);
    resume_from_ = stream->next_sequence();
  }
}

task<void> node_link::close_when_idle() {
  for (;;) {
    if (is_needed()) last_use_ = clock_.now();
    const auto until = last_use_ + options_.idle;
    if (clock_.now() >= until) co_return error{base::errc::closed, "nobody uses the connection"};
    co_await clock_.sleep_until(until);
  }
}

task<void> node_link::close_when_retired() {
  co_await retirement_.wait();
  co_return error{base::errc::closed, retired_why_};
}

task<void> node_link::back_off(error why) {
  ++failures_;
  last_failure_ = std::move(why);
  const auto delay = base::backoff_delay(options_.backoff, failures_, base::random_bits());
  next_attempt_ = clock_.now() + delay;
  phase_ = phase::waiting;
  if (!std::exchange(reported_, true)) {
    base::log_warn(component, "a node can not be reached",
                   {{"node", where_}, {"error", last_failure_.message()}});
  }
  for (auto* listener : listeners_) listener->on_unreachable(failing_fast());
  changed_.notify_all();
  const auto target = where_;
  while (target == where_ && clock_.now() < next_attempt_ && !retired_) {
    co_await wanted_.wait_until(clock_, next_attempt_);
  }
  phase_ = phase::idle;
  co_return result<void>{};
}

void node_link::tell_lost(const std::string& why) {
  for (auto* listener : listeners_) listener->on_lost(why);
}

void node_link::deliver(const progress_event& said) {
  commands_.take(said);
  for (auto* listener : listeners_) listener->on_event(said);
}

error node_link::failing_fast() const {
  if (retired_) return {base::errc::closed, retired_why_};
  if (phase_ == phase::closed) {
    return {base::errc::closed, "connections to nodes are being closed"};
  }
  const auto wait = next_attempt_ - clock_.now();
  return {last_failure_.code, last_failure_.message() + "; next attempt in " +
                                  base::to_text(std::chrono::ceil<std::chrono::seconds>(wait))};
}

template <class Ready>
task<node_link::node_pointer> node_link::wait_for(Ready ready) {
  const auto patience_ends = clock_.now() + options_.patience;
  const auto attempts_before = attempts_;
  last_use_ = clock_.now();
  const counted guard(waiting_);
  for (;;) {
    if (retired_ || phase_ == phase::closed) co_return failing_fast();
    if (phase_ == phase::open && node_->calls->is_open() && ready()) {
      last_use_ = clock_.now();
      co_return node_;
    }
    if (phase_ == phase::waiting && next_attempt_ > patience_ends) co_return failing_fast();
    if (phase_ == phase::waiting && attempts_ != attempts_before) co_return failing_fast();
    wanted_.set();
    co_await changed_.wait();
  }
}

task<node_link::node_pointer> node_link::connected() {
  return wait_for([] { return true; });
}

task<node_link::node_pointer> node_link::listening() {
  stream_needed_ = true;
  stream_wanted_.set();
  return wait_for([this] { return receiving_; });
}

void node_link::add(link_listener& listener, bool from_now) {
  listeners_.insert(&listener);
  stream_wanted_.set();
  wanted_.set();
  if (from_now || phase_ != phase::open) return;
  listener.on_connected(node_->identity);
  if (receiving_) listener.on_lost("events from before now are not known");
}

void node_link::remove(link_listener& listener) { listeners_.erase(&listener); }

void node_link::set_target(node_target target) {
  target_ = std::move(target);
  where_ = net::to_text(target_.endpoint);
  wanted_.set();
}

bool node_link::expect(const model::host_id& id) {
  if (id_) return *id_ == id;
  id_ = id;
  return true;
}

}  // namespace helenus::management::link
