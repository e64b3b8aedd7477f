#include "base/log.h"

#include <atomic>
#include <cstdio>
#include <mutex>

namespace helenus::base {
namespace {

std::atomic<level> lowest_level{level::info};

struct sink_holder {
  std::mutex mutex;  // the blocking pool logs too
  std::function<void(const log_record&)> sink;
};

sink_holder& holder() {
  static sink_holder instance;
  return instance;
}

void write_to_standard_error(const log_record& record) {
  if (record.severity < level::warn) return;
  std::string line(record.message);
  for (const auto& field : record.fields) line += " " + field.name + "=" + field.value;
  std::fprintf(stderr, "helenus: %s\n", line.c_str());
}

}  // namespace

void set_log_sink(std::function<void(const log_record&)> sink) {
  const std::lock_guard lock(holder().mutex);
  holder().sink = std::move(sink);
}

void set_log_level(level lowest) { lowest_level = lowest; }

bool log_enabled(level severity) { return severity >= lowest_level.load(); }

void write_log(level severity, std::string_view component, std::string_view message,
               const std::vector<log_field>& fields) {
  if (!log_enabled(severity)) return;
  const log_record record{severity, component, message, fields};
  const std::lock_guard lock(holder().mutex);
  if (holder().sink) {
    holder().sink(record);
  } else {
    write_to_standard_error(record);
  }
}

}  // namespace helenus::base
