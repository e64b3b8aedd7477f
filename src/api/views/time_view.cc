#include "api/views/time_view.h"

#include <array>
#include <ctime>
#include <utility>

namespace helenus::api {

std::string to_iso(model::wall_time when) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(when.time_since_epoch()).count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

void write_iso(json_writer& out, const std::optional<model::wall_time>& when) {
  when ? out.text(to_iso(*when)) : out.null();
}

void write_epoch(json_writer& out, const std::optional<model::wall_time>& when) {
  when ? out.integer(when->time_since_epoch().count()) : out.null();
}

std::string to_words(std::chrono::milliseconds length) {
  const auto total =
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(length).count());
  const std::array<std::pair<std::int64_t, const char*>, 4> units{{
      {total / 86'400, "day"},
      {total / 3600 % 24, "hour"},
      {total / 60 % 60, "minute"},
      {total % 60, "second"},
  }};
  std::string words;
  for (const auto& [count, name] : units) {
    const bool last = std::string_view(name) == "second";
    if (words.empty() && count == 0 && !last) continue;
    if (!words.empty()) words += ' ';
    words += std::to_string(count) + " " + name + (count == 1 ? "" : "s");
  }
  return words;
}

}  // namespace helenus::api
