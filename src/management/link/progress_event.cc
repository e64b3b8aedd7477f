#include "management/link/progress_event.h"

#include "management/link/quirks.h"

#include <charconv>

namespace helenus::management::link {
namespace {

/// The ordinals of Cassandra's ProgressEventType, the same in all versions.
enum class progress_kind : std::int32_t {
  start = 0,
  progress = 1,
  error = 2,
  abort = 3,
  success = 4,
  complete = 5,
  notification = 6,
};

constexpr std::string_view failed_with = " failed with error ";

/// One line without control characters, cut at a character of UTF-8.
std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(std::min(text.size(), longest_text));
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    const bool space = code <= ' ' || code == 0x7f;
    if (space && (line.empty() || line.back() == ' ')) continue;
    if (line.size() >= longest_text && (code & 0xc0) != 0x80) break;
    line += space ? ' ' : letter;
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

/// "Repair session ID for range [(a,b], (c,d]] finished" without the list of ranges.
std::string without_ranges(std::string_view text) {
  constexpr std::string_view opening = " for range [";
  const auto begin = text.find(opening);
  const auto end = text.rfind(']');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) {
    return one_line(text);
  }
  return one_line(std::string(text.substr(0, begin)) + std::string(text.substr(end + 1)));
}

std::optional<base::uuid> parent_session(std::string_view text) {
  const auto open = text.find('(');
  if (open == std::string_view::npos) return std::nullopt;
  const auto close = text.find(')', open);
  if (close == std::string_view::npos) return std::nullopt;
  const auto id = base::uuid::parse(text.substr(open + 1, close - open - 1));
  return id ? std::optional(*id) : std::nullopt;
}

std::optional<int> range_count(std::string_view text) {
  constexpr std::string_view label = "# of ranges: ";
  const auto at = text.rfind(label);
  if (at == std::string_view::npos) return std::nullopt;
  const auto digits = text.substr(at + label.size());
  int value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return parsed.ec == std::errc{} ? std::optional(value) : std::nullopt;
}

model::repair_event meaning(const service_notification& said) {
  switch (static_cast<progress_kind>(said.kind.value_or(-1))) {
    case progress_kind::start:
      return model::command_started{parent_session(said.message), range_count(said.message)};
    case progress_kind::progress:
      if (is_session_failure(said.message)) {
        return model::command_failed{failure_reason(said.message)};
      }
      return model::command_progress{said.done.value_or(0), said.total.value_or(0),
                                     without_ranges(said.message)};
    case progress_kind::error:
    case progress_kind::abort:
      return model::command_failed{failure_reason(said.message)};
    case progress_kind::success:
      return model::command_succeeded{one_line(said.message)};
    case progress_kind::complete:
      return model::command_completed{completed_with_error(said.message)};
    case progress_kind::notification:
      break;
  }
  return model::command_notice{without_ranges(said.message)};
}

}  // namespace

std::optional<std::int32_t> command_of_source(std::string_view source) {
  constexpr std::string_view prefix = "repair:";
  if (!source.starts_with(prefix)) return std::nullopt;
  const auto digits = source.substr(prefix.size());
  std::int32_t number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failure != std::errc{} || end != digits.data() + digits.size() || number <= 0) {
    return std::nullopt;
  }
  return number;
}

std::string failure_reason(std::string_view text) {
  // "Repair command #1 failed with error Repair session ID for range [...] failed with error WHY"
  if (const auto at = text.rfind(failed_with); at != std::string_view::npos) {
    text.remove_prefix(at + failed_with.size());
  }
  // "[repair #ID on keyspace/table, [(a,b], (c,d]]] WHY"
  if (text.starts_with("[repair #")) {
    if (const auto end = text.rfind("]] "); end != std::string_view::npos) {
      text.remove_prefix(end + 3);
    }
  }
  return one_line(text);
}

std::optional<progress_event> read_progress(const service_notification& said) {
  if (said.type != "progress") return std::nullopt;
  const auto command = command_of_source(said.source);
  if (!command) return std::nullopt;
  return progress_event{*command, said.number, said.time, meaning(said)};
}

}  // namespace helenus::management::link
