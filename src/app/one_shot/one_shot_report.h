#pragma once

#include "app/one_shot/progress_line.h"
#include "app/one_shot/wait_news.h"
#include "repair/repair_service.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::app {

/// How `helenus repair` ended.
struct one_shot_outcome {
  int exit_code = 0;
  progress_view progress;
  std::vector<std::string> failures;  ///< a sentence each; at most a few
  std::string resume_hint;            ///< how to go on; empty when there is nothing to go on with
};

/// Tells a person or a program how a one-shot repair goes. Failures to write are ignored: a reader
/// that goes away does not stop a repair.
class one_shot_report {
 public:
  virtual ~one_shot_report() = default;
  /// What will be repaired. `resumed`: some of it was planned, and perhaps done, before.
  virtual void planned(const model::cluster& cluster, const std::vector<repair::run_report>& runs,
                       bool resumed) = 0;
  /// How often advanced() is called.
  virtual std::chrono::milliseconds pace() const { return std::chrono::milliseconds(250); }
  /// Called at that pace, and after the last segment.
  virtual void advanced(const progress_view& view) = 0;
  virtual void happened(const repair::progress& event, std::string_view keyspace) = 0;
  /// A run does not move. Called once for each reason (wait_news).
  virtual void waiting(const run_wait& wait) = 0;
  virtual void interrupted() = 0;
  virtual void finished(const one_shot_outcome& outcome) = 0;
  /// It could not start.
  virtual void failed(const std::string& why, const std::string& advice) = 0;
};

/// A bar that is redrawn, with lines above it.
std::unique_ptr<one_shot_report> make_terminal_report(std::FILE* out);
/// One line at a time: at least every ten percent or half a minute.
std::unique_ptr<one_shot_report> make_plain_report(std::FILE* out);
/// One JSON object a line.
std::unique_ptr<one_shot_report> make_json_report(std::FILE* out);

/// "shop: 216 segments of 3 tables on 3 nodes".
std::string plan_sentence(const repair::run_report& run);
/// The lines that end a report for people.
std::vector<std::string> closing_lines(const one_shot_outcome& outcome);

}  // namespace helenus::app
