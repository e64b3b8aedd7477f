#pragma once

#include "base/blocking_pool.h"
#include "base/log.h"
#include "base/task.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace helenus::app {

/// What tells whether one of the files was changed; a link counts as the file it leads to. Blocks.
std::string state_of(const std::vector<std::string>& files);

/// A value that is made of files, as they are now. Io thread only; must outlive the calls.
template <class Value>
class file_backed {
 public:
  /// `what` stands in the log: "certificates". `load` blocks, and is called on another thread.
  file_backed(std::string what, std::vector<std::string> files, std::function<result<Value>()> load)
      : what_(std::move(what)), files_(std::move(files)), load_(std::move(load)) {}

  /// Read again when a file has changed. Changed ones that cannot be used are told in the log,
  /// once, and the last good value is given: they may be in the middle of being written. Errors:
  /// those of `load`, as long as there was no good one.
  task<Value> current() {
    const bool has_one = good_.has_value();
    auto now = co_await reader_.run([=, files = files_, load = load_, seen = seen_]() -> reading {
      auto state = state_of(files);
      if (has_one && state == seen) return {std::move(state), std::nullopt};
      return {std::move(state), load()};
    });
    if (!now.read) co_return *good_;
    if (*now.read) {
      good_ = std::move(**now.read);
      seen_ = std::move(now.state);
      co_return *good_;
    }
    if (!good_) co_return std::move(*now.read).error();
    if (std::exchange(seen_, std::move(now.state)) != seen_) {
      base::log_warn("app", "renewed " + what_ + " cannot be used; the last good ones are",
                     {{"error", now.read->error().message()}});
    }
    co_return *good_;
  }

 private:
  struct reading {
    std::string state;
    std::optional<result<Value>> read;  // none: nothing changed
  };

  std::string what_;
  std::vector<std::string> files_;
  std::function<result<Value>()> load_;
  std::string seen_;  // state of the files, when they were last read
  std::optional<Value> good_;
  base::blocking_pool reader_{1};
};

}  // namespace helenus::app
