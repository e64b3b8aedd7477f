#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The text format of Prometheus, as far as single values are looked for in it.
namespace helenus::management::http {

/// A label that a sample must have.
struct wanted_label {
  std::string_view name;
  std::string_view value;
};

/// The sum of the samples of a metric that have the label; none when there is no such sample. Lines
/// that cannot be read are not samples.
std::optional<double> sum_of(std::string_view text, std::string_view metric,
                             std::optional<wanted_label> with = std::nullopt);

}  // namespace helenus::management::http
