#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::base {

enum class level { debug, info, warn, error };

/// One named value of a log line. Never a secret.
struct log_field {
  std::string name;
  std::string value;
};

/// One line of the log, before it is written as text or JSON.
struct log_record {
  level severity;
  std::string_view component;  ///< the module that speaks, such as "repair"
  std::string_view message;    ///< a sentence without values; the values are fields
  const std::vector<log_field>& fields;
};

/// Where lines go. Until one is set, lines of warn and error go to standard error.
/// Called from any thread; the sink must be safe for that.
void set_log_sink(std::function<void(const log_record&)> sink);

/// Lines below this are not made. Default: info.
void set_log_level(level lowest);
bool log_enabled(level severity);

void write_log(level severity, std::string_view component, std::string_view message,
               const std::vector<log_field>& fields = {});

inline void log_debug(std::string_view component, std::string_view message,
                      const std::vector<log_field>& fields = {}) {
  write_log(level::debug, component, message, fields);
}
inline void log_info(std::string_view component, std::string_view message,
                     const std::vector<log_field>& fields = {}) {
  write_log(level::info, component, message, fields);
}
inline void log_warn(std::string_view component, std::string_view message,
                     const std::vector<log_field>& fields = {}) {
  write_log(level::warn, component, message, fields);
}
inline void log_error(std::string_view component, std::string_view message,
                      const std::vector<log_field>& fields = {}) {
  write_log(level::error, component, message, fields);
}

}  // namespace helenus::base
