#include "management/link/linked_repair_session.h"

#include "base/errc.h"
#include "management/errc.h"
#include "management/link/command_state.h"

#include <utility>

namespace helenus::management::link {
namespace {

// A command says a handful of things; a caller that leaves more than this unread has stopped.
constexpr std::size_t most_unread_events = 4'096;

}  // namespace

linked_repair_session::linked_repair_session(std::shared_ptr<node_link> link,
                                             session_patience patience,
                                             model::command_reference command)
    : link_(std::move(link)), command_(command), machine_(patience), news_(link_->executor()) {}

std::unique_ptr<linked_repair_session> linked_repair_session::starting(
    std::shared_ptr<node_link> link, session_patience patience, const node_identity& node) {
  std::unique_ptr<linked_repair_session> session(new linked_repair_session(
      std::move(link), patience, model::command_reference{node.id, 0, node.jvm_start}));
  session->link_->add(*session, true);
  return session;
}

std::unique_ptr<linked_repair_session> linked_repair_session::attached(
    std::shared_ptr<node_link> link, session_patience patience, model::command_reference command) {
  std::unique_ptr<linked_repair_session> session(
      new linked_repair_session(std::move(link), patience, command));
  session->feed(number_known{command.number});
  session->link_->add(*session, false);
  return session;
}

linked_repair_session::~linked_repair_session() { link_->remove(*this); }

void linked_repair_session::accepted(std::int32_t number) {
  command_.number = number;
  feed(number_known{number});
  if (number == 0) link_->remove(*this);
}

task<model::repair_event> linked_repair_session::next() {
  for (;;) {
    if (closed_) co_return error{base::errc::closed, "the repair session was closed"};
    if (!events_.empty()) {
      auto event = std::move(events_.front());
      events_.pop_front();
      co_return event;
    }
    if (machine_.current() == repair_session_machine::state::ended) {
      co_return error{base::errc::closed, "the repair command has ended"};
    }
    if (trouble_) co_return *std::exchange(trouble_, std::nullopt);
    if (question_) {
      CO_TRY_VOID(co_await answer_question());
    } else {
      CO_TRY_VOID(co_await wait_for_news());
    }
  }
}

/// A cancelled question stays open: the next call asks again.
task<void> linked_repair_session::answer_question() {
  auto answer = co_await ask();
  question_ = false;
  if (!answer) {
    feed(ask_failed{});
    trouble_.reset();  // the same failure, told now
    co_return answer.error();
  }
  if (machine_.current() == repair_session_machine::state::following) feed(answered{*answer});
  co_return result<void>{};
}

task<void> linked_repair_session::wait_for_news() {
  if (const auto until = machine_.wakes_at()) {
    co_await news_.wait_until(link_->clock(), *until);
    feed(time_passed{});
  } else {
    co_await news_.wait();
  }
  co_return result<void>{};
}

task<model::command_answer> linked_repair_session::ask() {
  CO_TRY(node, co_await link_->connected());
  if (node->identity.jvm_start != command_.jvm_start) {
    co_return model::command_answer{model::command_state::failed,
                                    "the coordinator was restarted: the command is gone"};
  }
  co_return co_await ask_command_state(std::move(node), command_.number);
}

task<void> linked_repair_session::close() {
  closed_ = true;
  link_->remove(*this);
  news_.set();
  co_return result<void>{};
}

void linked_repair_session::on_event(const progress_event& said) { hear(notified{said}); }

void linked_repair_session::on_lost(const std::string& why) { hear(stream_lost{why}); }

void linked_repair_session::on_connected(const node_identity& who) {
  trouble_.reset();
  if (who.jvm_start != command_.jvm_start) hear(node_restarted{});
}

void linked_repair_session::on_unreachable(const error& why) {
  trouble_ = why;
  news_.set();
}

void linked_repair_session::feed(const session_input& happened) {
  for (auto& action : machine_.on(happened, link_->clock().now())) {
    if (auto* given = std::get_if<deliver>(&action)) {
      keep(std::move(given->what));
    } else {
      question_ = true;
    }
  }
}

void linked_repair_session::hear(const session_input& happened) {
  feed(happened);
  news_.set();
}

void linked_repair_session::keep(model::repair_event what) {
  if (events_.size() >= most_unread_events) {
    events_.clear();
    events_.push_back(model::events_lost{"too many events were left unread"});
    question_ = true;
  }
  events_.push_back(std::move(what));
}

}  // namespace helenus::management::link
