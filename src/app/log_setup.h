#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "config/settings.h"

#include <string>

namespace helenus::app {

/// Sends the lines of the log to standard output, one write per line.
void set_up_log(const config::log_settings& settings);

/// One line with its newline. Control characters are escaped: what a peer sent cannot forge lines.
std::string format_line(const base::log_record& record, config::log_format format,
                        base::clock::wall_time when);

}  // namespace helenus::app
