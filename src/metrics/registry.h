#pragma once

#include "metrics/summary.h"
#include "metrics/text_format.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::metrics {

/// Handles: cheap to copy, valid as long as the registry and until removed from it. Any thread.
class counter {
 public:
  explicit counter(std::atomic<double>& of) : of_(&of) {}
  /// `amount` is not negative.
  void add(double amount = 1.0) const;
  /// For what is counted elsewhere and read before an exposition.
  void show(double total) const { *of_ = total; }
  double value() const { return *of_; }

 private:
  std::atomic<double>* of_;
};

class gauge {
 public:
  explicit gauge(std::atomic<double>& of) : of_(&of) {}
  void set(double value) const { *of_ = value; }
  void add(double amount) const { of_->fetch_add(amount); }
  double value() const { return *of_; }

 private:
  std::atomic<double>* of_;
};

/// All metrics of the process. One name is one kind of metric with one help text, those that it was
/// first asked for with; asking for a name and labels again gives the same metric. The io thread
/// only.
class registry {
 public:
  counter count(const std::string& name, const std::string& help, const labels& with = {});
  gauge level(const std::string& name, const std::string& help, const labels& with = {});
  /// Durations in seconds. Valid as a handle is.
  summary& times(const std::string& name, const std::string& help, const labels& with = {});
  /// Ends one metric, such as that of a schedule that was deleted. Its handles must not be used.
  void remove(const std::string& name, const labels& with);

  /// Called before each exposition: for values that are read, not kept.
  void before_exposition(std::function<void()> update);
  /// The Prometheus text format. `names`: only these families; empty: all.
  std::string text(const std::vector<std::string>& names = {});

 private:
  struct family {
    metric_kind kind;
    std::string help;
    std::map<labels, std::unique_ptr<std::atomic<double>>> metrics{};  ///< counters, gauges
    std::map<labels, summary> summaries{};
  };
  family& find_or_make(metric_kind kind, const std::string& name, const std::string& help);
  std::atomic<double>& metric(metric_kind kind, const std::string& name, const std::string& help,
                              const labels& with);

  std::map<std::string, family> families_;
  std::vector<std::function<void()>> updates_;
};

/// The content type of registry::text().
constexpr std::string_view text_content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace helenus::metrics
