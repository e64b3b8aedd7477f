#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Summary;
}  // namespace prometheus

namespace helenus::metrics {

/// Label values by label name. They are written in the order of the names.
using labels = std::map<std::string, std::string>;

/// Handles: cheap to copy, valid as long as the registry and until removed from it. Any thread.
class counter {
 public:
  explicit counter(prometheus::Counter& of) : of_(&of) {}
  void add(double amount = 1.0) const;
  double value() const;

 private:
  prometheus::Counter* of_;
};

class gauge {
 public:
  explicit gauge(prometheus::Gauge& of) : of_(&of) {}
  void set(double value) const;
  void add(double amount) const;
  double value() const;

 private:
  prometheus::Gauge* of_;
};

/// How long something takes, as quantiles of the last ten minutes, in seconds.
class timer {
 public:
  explicit timer(prometheus::Summary& of) : of_(&of) {}
  void observe(std::chrono::nanoseconds took) const;

 private:
  prometheus::Summary* of_;
};

/// All metrics of the process. One name is one kind of metric; asking for a name and labels again
/// gives the same metric.
class registry {
 public:
  registry();
  ~registry();
  registry(const registry&) = delete;
  registry& operator=(const registry&) = delete;

  counter count(const std::string& name, const std::string& help, const labels& with = {});
  gauge level(const std::string& name, const std::string& help, const labels& with = {});
  timer time(const std::string& name, const std::string& help, const labels& with = {});
  /// Ends one metric, such as that of a schedule that was deleted. Its handles must not be used.
  void remove(const std::string& name, const labels& with);

  /// Called before each exposition, on the io thread: for values that are read, not kept.
  void before_exposition(std::function<void()> update);
  /// The Prometheus text format. `names`: only these families; empty: all.
  std::string text(const std::vector<std::string>& names = {});

 private:
  struct kept;
  std::unique_ptr<kept> kept_;
};

/// The content type of registry::text().
constexpr std::string_view text_content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace helenus::metrics
