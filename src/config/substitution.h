#pragma once

#include "config/problem.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::config {

/// The value of an environment variable; nothing when it is not defined.
using environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The text of a configuration may not become larger than this.
constexpr std::size_t max_text_bytes = 1024 * 1024;

/// A text whose variables are replaced.
struct substituted {
  std::string text;
  /// Variables without a value. `placeholder(i)` stands in the text where unresolved[i] stood:
  /// whoever reads the text finds out whether anything depends on it. Comments do not.
  std::vector<problem> unresolved;
  bool too_large = false;  ///< the text is cut
};

/// What stands for an unresolved variable: a word that is plain text everywhere in YAML.
std::string placeholder(std::size_t index);
/// Whether a placeholder is in `text`.
bool has_placeholder(std::string_view text);
/// The indices of all placeholders in `text`, in order.
std::vector<std::size_t> placeholders_in(std::string_view text);

/// Replaces `${NAME}` and `${NAME:-default}` in the raw text of a file, comments included, as
/// Reaper does: twice, so a literal `${X}` is written `$$${X}`; values and defaults are scanned
/// again; an empty variable counts as defined. Pure.
substituted substitute(std::string_view text, const environment& variables);

}  // namespace helenus::config
