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

/// Replaces `${NAME}` and `${NAME:-default}` in the raw text of a file, comments included, as
/// Reaper does: twice, so a literal `${X}` is written `$$${X}`; values and defaults are scanned
/// again; an empty variable counts as defined. Pure. Adds what is wrong to `problems`.
std::string substitute(std::string_view text, const environment& variables,
                       std::vector<problem>& problems);

}  // namespace helenus::config
