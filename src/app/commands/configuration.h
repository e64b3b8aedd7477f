#pragma once

#include "config/settings.h"

#include <optional>
#include <string>

namespace helenus::app {

/// The settings of a file, or without one those of the variables of Reaper's container image.
/// Nothing when they are wrong, which standard error then explains.
std::optional<config::settings> read_configuration(const std::string& file);

}  // namespace helenus::app
