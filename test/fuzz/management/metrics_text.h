#pragma once

#include "base/assert.h"
#include "management/http/metrics_text.h"

#include <optional>
#include <string>
#include <string_view>

namespace helenus::management::http::fuzz {

/// A text is the sum of its lines, a label leaves none but some of them, and what cannot be read
/// does not hide what can.
inline void read_metrics(std::string_view text) {
  constexpr std::string_view metric = "m";
  constexpr wanted_label label{"l", "v"};
  const auto whole = sum_of(text, metric);
  const auto labelled = sum_of(text, metric, label);
  std::optional<double> lines;
  for (auto rest = text; !rest.empty();) {
    const auto end = rest.find('\n');
    const auto line = sum_of(rest.substr(0, end), metric);
    if (line) lines = lines.value_or(0) + *line;
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  HELENUS_ASSERT(whole.has_value() == lines.has_value());
  if (whole) HELENUS_ASSERT(*whole == *lines || (*whole != *whole && *lines != *lines));
  HELENUS_ASSERT(whole.has_value() || !labelled.has_value());
  const auto more = sum_of(std::string(text) + "\nm{l=\"v\"} 1\n", metric, label);
  HELENUS_ASSERT(more.has_value());
  if (!labelled) HELENUS_ASSERT(*more == 1);
}

}  // namespace helenus::management::http::fuzz
