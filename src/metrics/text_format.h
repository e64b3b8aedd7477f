#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace helenus::metrics {

/// The Prometheus text format 0.0.4 in the exact form that scrapers of Reaper match: labels end
/// with a comma, `{cluster="c",keyspace="k",}`, which the library's own serializer does not write.
/// Pure.
std::string to_text(const std::vector<prometheus::MetricFamily>& families);

}  // namespace helenus::metrics
