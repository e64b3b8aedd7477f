#pragma once

#include "base/clock.h"
#include "model/repair_event.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace helenus::management::link {

/// A notification of the StorageService MBean, in plain types.
struct service_notification {
  std::string type;
  std::string source;
  std::string message;
  std::int64_t number = 0;  ///< counts what this emitter said
  base::clock::wall_time time{};
  std::optional<std::int32_t> kind;   ///< "type" of the user data: an ordinal
  std::optional<std::int32_t> done;   ///< "progressCount"
  std::optional<std::int32_t> total;  ///< "total"
};

/// What a node said about one of its repair commands.
struct progress_event {
  std::int32_t command = 0;
  std::int64_t number = 0;
  base::clock::wall_time time{};
  model::repair_event what;
};

/// The event in a notification; empty when it is not about a repair command.
std::optional<progress_event> read_progress(const service_notification& said);

/// The number in "repair:17"; empty for every other source.
std::optional<std::int32_t> command_of_source(std::string_view source);

/// The reason at the end of a failure text. In front of it Cassandra repeats every range, 34 KB for
/// 768 of them. One line, at most `longest_text` bytes.
std::string failure_reason(std::string_view text);

/// Texts are shown and stored: longer ones are cut.
inline constexpr std::size_t longest_text = 500;

}  // namespace helenus::management::link
