#include "metrics/registry.h"

#include "metrics/text_format.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/summary.h>

#include <algorithm>

namespace helenus::metrics {
namespace {

const prometheus::Summary::Quantiles& quantiles() {
  static const prometheus::Summary::Quantiles list{{0.5, 0.01},   {0.75, 0.01},  {0.95, 0.005},
                                                   {0.98, 0.005}, {0.99, 0.001}, {0.999, 0.0005}};
  return list;
}
constexpr auto quantile_window = std::chrono::minutes(10);

template <class Metric>
using families = std::map<std::string, prometheus::Family<Metric>*>;

template <class Metric>
void remove_from(const families<Metric>& known, const std::string& name, const labels& with) {
  const auto family = known.find(name);
  if (family == known.end() || !family->second->Has(with)) return;
  if constexpr (std::is_same_v<Metric, prometheus::Summary>) {
    family->second->Remove(&family->second->Add(with, quantiles(), quantile_window));
  } else {
    family->second->Remove(&family->second->Add(with));
  }
}

}  // namespace

void counter::add(double amount) const { of_->Increment(amount); }
double counter::value() const { return of_->Value(); }
void gauge::set(double value) const { of_->Set(value); }
void gauge::add(double amount) const { of_->Increment(amount); }
double gauge::value() const { return of_->Value(); }
void timer::observe(std::chrono::nanoseconds took) const {
  of_->Observe(std::chrono::duration<double>(took).count());
}

struct registry::kept {
  prometheus::Registry all;
  families<prometheus::Counter> counters;
  families<prometheus::Gauge> gauges;
  families<prometheus::Summary> timers;
  std::vector<std::function<void()>> updates;
};

registry::registry() : kept_(std::make_unique<kept>()) {}
registry::~registry() = default;

counter registry::count(const std::string& name, const std::string& help, const labels& with) {
  auto& family = kept_->counters[name];
  if (!family) family = &prometheus::BuildCounter().Name(name).Help(help).Register(kept_->all);
  return counter(family->Add(with));
}

gauge registry::level(const std::string& name, const std::string& help, const labels& with) {
  auto& family = kept_->gauges[name];
  if (!family) family = &prometheus::BuildGauge().Name(name).Help(help).Register(kept_->all);
  return gauge(family->Add(with));
}

timer registry::time(const std::string& name, const std::string& help, const labels& with) {
  auto& family = kept_->timers[name];
  if (!family) family = &prometheus::BuildSummary().Name(name).Help(help).Register(kept_->all);
  return timer(family->Add(with, quantiles(), quantile_window));
}

void registry::remove(const std::string& name, const labels& with) {
  remove_from(kept_->counters, name, with);
  remove_from(kept_->gauges, name, with);
  remove_from(kept_->timers, name, with);
}

void registry::before_exposition(std::function<void()> update) {
  kept_->updates.push_back(std::move(update));
}

std::string registry::text(const std::vector<std::string>& names) {
  for (const auto& update : kept_->updates) update();
  auto collected = kept_->all.Collect();
  if (!names.empty()) {
    std::erase_if(collected, [&names](const auto& family) {
      return std::find(names.begin(), names.end(), family.name) == names.end();
    });
  }
  return to_text(collected);
}

}  // namespace helenus::metrics
