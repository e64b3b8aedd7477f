#pragma once

#include "base/task.h"

#include <boost/asio/any_io_executor.hpp>

#include <list>
#include <memory>
#include <optional>
#include <string>

namespace helenus::base {

/// Structured concurrency: work that somebody waits for.
///
/// The owner spawns children and must join() before the group is destroyed; a group that dies with
/// living children aborts the process. The first child that fails cancels its siblings. Cancelling
/// the coroutine that waits in join() cancels all children and waits for them.
class task_group {
 public:
  explicit task_group(boost::asio::any_io_executor executor);
  ~task_group();
  task_group(const task_group&) = delete;
  task_group& operator=(const task_group&) = delete;

  /// Starts `work` at the next turn of the loop. `name` appears in logs.
  void spawn(std::string name, task<void> work);
  /// Asks every child to stop, also those that are spawned before the next join() ends. Does not
  /// wait.
  void cancel();
  /// Waits until no child lives. The error of the first child that failed; cancelled children are
  /// not failures.
  task<void> join();
  std::size_t size() const { return children_.size(); }

 private:
  struct child;
  void ended(std::list<child>::iterator who, std::exception_ptr unwound, result<void> outcome);

  boost::asio::any_io_executor executor_;
  std::list<child> children_;
  std::optional<error> first_failure_;
  bool stopping_ = false;
  boost::asio::steady_timer changed_;
};

}  // namespace helenus::base
