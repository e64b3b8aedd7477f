#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace helenus::config {

/// What a scalar means; nothing when it is not of that kind. Pure. Quoted numbers are numbers.
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<double> parse_number(std::string_view text);
/// true and false, in any case.
std::optional<bool> parse_boolean(std::string_view text);
/// ISO 8601 ("PT10M", "P1D", "PT0.5S") or a number with a unit ("10s", "1 minute", "500ms").
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// Bytes: "8KiB", "10MB", "512", "1 MiB".
std::optional<std::uint64_t> parse_size(std::string_view text);
/// As names of enumerations are compared: upper case, without outer blanks, '-' and '.' are '_'.
std::string enumeration_name(std::string_view text);
/// The number of single-letter changes between two texts; for suggestions.
std::size_t edit_distance(std::string_view left, std::string_view right);

}  // namespace helenus::config
