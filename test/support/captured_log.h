#pragma once

#include "base/log.h"

#include <string>
#include <vector>

namespace helenus::test {

/// Collects the lines of the log while it lives.
class captured_log {
 public:
  captured_log();
  ~captured_log();
  captured_log(const captured_log&) = delete;
  captured_log& operator=(const captured_log&) = delete;

  /// Every line as "level component: message name=value ...".
  const std::vector<std::string>& lines() const { return lines_; }
  bool contains(const std::string& text) const;

 private:
  std::vector<std::string> lines_;
};

}  // namespace helenus::test
