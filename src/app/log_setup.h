#pragma once

#include "base/clock.h"
#include "base/log.h"

#include <string>

namespace helenus::app {

enum class log_format { text, json };

struct log_options {
  base::level lowest = base::level::info;
  log_format format = log_format::text;
};

/// Sends the lines of the log to standard output, one write per line.
void set_up_log(const log_options& options);

/// One line with its newline. Control characters are escaped: what a peer sent cannot forge lines.
std::string format_line(const base::log_record& record, log_format format,
                        base::clock::wall_time when);

}  // namespace helenus::app
