#pragma once

#include "base/event.h"
#include "management/link/node_link.h"
#include "management/link/repair_session_machine.h"
#include "management/repair_session.h"

#include <deque>
#include <memory>
#include <optional>

namespace helenus::management::link {

/// Drives one repair_session_machine with what its link hears, and asks the node when it wants.
class linked_repair_session final : public repair_session, private link_listener {
 public:
  /// For a command that is about to be started on `node`: hears everything from now on.
  static std::unique_ptr<linked_repair_session> starting(std::shared_ptr<node_link> link,
                                                         session_patience patience,
                                                         const node_identity& node);
  /// For a command that was started earlier.
  static std::unique_ptr<linked_repair_session> attached(std::shared_ptr<node_link> link,
                                                         session_patience patience,
                                                         model::command_reference command);
  ~linked_repair_session() override;
  linked_repair_session(const linked_repair_session&) = delete;
  linked_repair_session& operator=(const linked_repair_session&) = delete;

  /// The answer of repairAsync.
  void accepted(std::int32_t number);

  model::command_reference command() const override { return command_; }
  task<model::repair_event> next() override;
  task<model::command_answer> ask() override;
  task<void> close() override;

 private:
  linked_repair_session(std::shared_ptr<node_link> link, session_patience patience,
                        model::command_reference command);

  void on_event(const progress_event& said) override;
  void on_lost(const std::string& why) override;
  void on_connected(const node_identity& who) override;
  void on_unreachable(const error& why) override;
  void feed(const session_input& happened);
  void hear(const session_input& happened);  // feed() from outside: wakes next()
  void keep(model::repair_event what);
  task<void> answer_question();
  task<void> wait_for_news();

  std::shared_ptr<node_link> link_;
  model::command_reference command_;
  repair_session_machine machine_;
  std::deque<model::repair_event> events_;
  std::optional<error> trouble_;  // the node could not be reached; not yet told
  bool question_ = false;         // the machine wants an answer
  bool closed_ = false;
  base::event news_;
};

}  // namespace helenus::management::link
