#pragma once

#include "config/problem.h"
#include "config/settings.h"
#include "config/substitution.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace helenus::config {

/// Settings, or everything that is wrong.
using loaded = std::variant<settings, std::vector<problem>>;

/// Reads a YAML text. Pure. Every mistake is reported, not only the first.
loaded parse(std::string_view text, const environment& variables);

/// Reads a file with the variables of the process (process_environment.h).
loaded load(const std::string& file);

}  // namespace helenus::config
