#include "app/log_setup.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <ctime>

namespace helenus::app {
namespace {

const char* to_text(base::level severity) {
  switch (severity) {
    case base::level::debug:
      return "DEBUG";
    case base::level::info:
      return "INFO";
    case base::level::warn:
      return "WARN";
    case base::level::error:
      return "ERROR";
  }
  return "ERROR";
}

/// Quoted where a reader could not tell where the value ends.
std::string quoted_if_needed(const std::string& value) {
  const bool plain = !value.empty() && value.find_first_of(" \"\\=\t\r\n") == std::string::npos &&
                     std::none_of(value.begin(), value.end(), [](char letter) {
                       return static_cast<signed char>(letter) < 32;
                     });
  if (plain) return value;
  return boost::json::serialize(boost::json::string(value));
}

void write_line(const std::string& line) {
  // One write per line: lines of two threads do not mix. A full or closed pipe loses the line.
  [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, line.data(), line.size());
}

}  // namespace

std::string format_line(const base::log_record& record, config::log_format format,
                        base::clock::wall_time when) {
  if (format == config::log_format::json) {
    boost::json::object line{{"time", base::to_text(when)},
                             {"level", to_text(record.severity)},
                             {"component", record.component},
                             {"message", record.message}};
    for (const auto& field : record.fields) line[field.name] = field.value;
    return boost::json::serialize(line) + "\n";
  }
  std::string line = base::to_text(when) + " " + to_text(record.severity) + " " +
                     std::string(record.component) + ": " + std::string(record.message);
  for (const auto& field : record.fields) {
    line += " " + field.name + "=" + quoted_if_needed(field.value);
  }
  return line + "\n";
}

void set_up_log(const config::log_settings& settings) {
  if (!settings.lowest) return base::set_log_sink([](const base::log_record&) {});
  base::set_log_level(*settings.lowest);
  base::set_log_sink([format = settings.format](const base::log_record& record) {
    write_line(format_line(record, format, base::real_clock().wall_now()));
  });
}

}  // namespace helenus::app
