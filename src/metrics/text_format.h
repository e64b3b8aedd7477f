#pragma once

#include "metrics/summary.h"

#include <map>
#include <string>
#include <string_view>

namespace helenus::metrics {

/// Label values by label name. They are written in the order of the names.
using labels = std::map<std::string, std::string>;

enum class metric_kind { counter, gauge, summary };

// The Prometheus text format 0.0.4 in the exact form that scrapers of Reaper match: labels end with
// a comma, `{cluster="c",keyspace="k",}`.

/// The two comment lines that begin a family.
void write_heading(std::string& out, std::string_view name, std::string_view help,
                   metric_kind kind);
void write_sample(std::string& out, std::string_view name, const labels& with, double value);
/// With the quantiles that Reaper's timers have.
void write_summary(std::string& out, const std::string& name, const labels& with,
                   const summary& values);

}  // namespace helenus::metrics
