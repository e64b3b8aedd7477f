#include "support/captured_log.h"

#include <algorithm>

namespace helenus::test {

captured_log::captured_log() {
  base::set_log_level(base::level::debug);
  base::set_log_sink([this](const base::log_record& record) {
    constexpr const char* names[] = {"debug", "info", "warn", "error"};
    std::string line = names[static_cast<int>(record.severity)];
    line += " " + std::string(record.component) + ": " + std::string(record.message);
    for (const auto& field : record.fields) line += " " + field.name + "=" + field.value;
    lines_.push_back(std::move(line));
  });
}

captured_log::~captured_log() {
  base::set_log_sink({});
  base::set_log_level(base::level::info);
}

bool captured_log::contains(const std::string& text) const {
  return std::any_of(lines_.begin(), lines_.end(), [&text](const std::string& line) {
    return line.find(text) != std::string::npos;
  });
}

}  // namespace helenus::test
