#include "metrics/registry.h"

#include "base/assert.h"

#include <algorithm>
#include <utility>

namespace helenus::metrics {

void counter::add(double amount) const {
  HELENUS_ASSERT(amount >= 0);
  of_->fetch_add(amount);
}

counter registry::count(const std::string& name, const std::string& help, const labels& with) {
  return counter(metric(metric_kind::counter, name, help, with));
}

gauge registry::level(const std::string& name, const std::string& help, const labels& with) {
  return gauge(metric(metric_kind::gauge, name, help, with));
}

summary& registry::times(const std::string& name, const std::string& help, const labels& with) {
  return find_or_make(metric_kind::summary, name, help).summaries[with];
}

registry::family& registry::find_or_make(metric_kind kind, const std::string& name,
                                         const std::string& help) {
  auto& family = families_.try_emplace(name, registry::family{kind, help}).first->second;
  HELENUS_ASSERT(family.kind == kind);
  return family;
}

std::atomic<double>& registry::metric(metric_kind kind, const std::string& name,
                                      const std::string& help, const labels& with) {
  auto& kept = find_or_make(kind, name, help).metrics[with];
  if (!kept) kept = std::make_unique<std::atomic<double>>(0.0);
  return *kept;
}

void registry::remove(const std::string& name, const labels& with) {
  const auto family = families_.find(name);
  if (family == families_.end()) return;
  family->second.metrics.erase(with);
  family->second.summaries.erase(with);
  if (family->second.metrics.empty() && family->second.summaries.empty()) families_.erase(family);
}

void registry::before_exposition(std::function<void()> update) {
  updates_.push_back(std::move(update));
}

std::string registry::text(const std::vector<std::string>& names) {
  for (const auto& update : updates_) update();
  std::string out;
  for (const auto& [name, family] : families_) {
    if (!names.empty() && std::find(names.begin(), names.end(), name) == names.end()) continue;
    write_heading(out, name, family.help, family.kind);
    for (const auto& [with, value] : family.metrics) write_sample(out, name, with, *value);
    for (const auto& [with, values] : family.summaries) write_summary(out, name, with, values);
  }
  return out;
}

}  // namespace helenus::metrics
