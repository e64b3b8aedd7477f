#include "metrics/text_format.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace helenus::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), end.ptr};
}

std::string escaped(std::string_view text, bool in_quotes) {
  std::string safe;
  for (const char letter : text) {
    if (letter == '\\') {
      safe += "\\\\";
    } else if (letter == '\n') {
      safe += "\\n";
    } else if (letter == '"' && in_quotes) {
      safe += "\\\"";
    } else {
      safe += letter;
    }
  }
  return safe;
}

void write_sample(std::string& out, const std::string& name, const ClientMetric& metric,
                  double value, std::string_view extra_label = {},
                  std::string_view extra_value = {}) {
  out += name;
  if (!metric.label.empty() || !extra_label.empty()) {
    out += '{';
    for (const auto& label : metric.label) {
      out += label.name + "=\"" + escaped(label.value, true) + "\",";
    }
    if (!extra_label.empty()) {
      out += std::string(extra_label) + "=\"" + std::string(extra_value) + "\",";
    }
    out += '}';
  }
  out += " " + number(value) + "\n";
}

const char* type_name(MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Summary:
      return "summary";
    case MetricType::Histogram:
      return "histogram";
    default:
      return "untyped";
  }
}

void write_metric(std::string& out, const std::string& name, MetricType type,
                  const ClientMetric& metric) {
  switch (type) {
    case MetricType::Counter:
      return write_sample(out, name, metric, metric.counter.value);
    case MetricType::Gauge:
      return write_sample(out, name, metric, metric.gauge.value);
    case MetricType::Summary:
      for (const auto& quantile : metric.summary.quantile) {
        write_sample(out, name, metric, quantile.value, "quantile", number(quantile.quantile));
      }
      write_sample(out, name + "_sum", metric, metric.summary.sample_sum);
      return write_sample(out, name + "_count", metric,
                          static_cast<double>(metric.summary.sample_count));
    default:
      return;  // the registry makes no other kind
  }
}

}  // namespace

std::string to_text(const std::vector<prometheus::MetricFamily>& families) {
  std::string out;
  for (const auto& family : families) {
    if (family.metric.empty()) continue;
    out += "# HELP " + family.name + " " + escaped(family.help, false) + "\n";
    out += "# TYPE " + family.name + " " + type_name(family.type) + "\n";
    for (const auto& metric : family.metric) write_metric(out, family.name, family.type, metric);
  }
  return out;
}

}  // namespace helenus::metrics
